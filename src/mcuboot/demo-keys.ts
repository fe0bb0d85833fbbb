/**
 * Key pairs for images that pipelines build on the fly. They are public, so they protect nothing: THEY MUST NEVER SHIP.
 * Neither sign a product with them, nor build them into its bootloader.
 */

import { loadPrivateKey } from './keys.ts';
import type { KeyKind, SigningKey } from './keys.ts';

/** One key of each kind, and a second one for images that a device which trusts the first ones must refuse. */
export type DemoKeyName = KeyKind | 'ed25519-untrusted';

/** The demo key of that name: the same one in every run. */
export function demoKey(name: DemoKeyName): SigningKey {
  const known = loaded.get(name) ?? loadPrivateKey(demoKeysThatMustNeverShip[name]);
  loaded.set(name, known);
  return known;
}

/** Each simulated device asks for them, and reading a key takes longer than verifying with it. */
const loaded = new Map<DemoKeyName, SigningKey>();

const demoKeysThatMustNeverShip: Readonly<Record<DemoKeyName, string>> = {
  'rsa-2048': `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCTpQ36XDEqh33I
XShHwTggNoAYY5B1U1iZ/g5rKTHoUKgSDhbdgjDmWLzZW0PZUSBnk3Sj1v3tV0nh
RANE+V5Grk71dGfkqLZRPTSh+YPOyLIOuZDDkzQyxZbnv/EGcRVFnWhAYRlB9p25
D4xFfpzY45ZCCElcBPUYCacvLQDHrfnypmFceJE8e5FyQqXiBwIgeyw8JZQL6Q0c
RbQZYAgruuLeJJqyPIN4nurHQMZwWh0EksgmNAhnzcFJywhvDyFd2NTxt0sAqz/j
3pwql4o/de09okG3wjWbC95oMKdqfmKxHQUXXESubfXkRVph9aR3YdV80T9B4BPB
MCYeZDdfAgMBAAECggEABLNYDxT5Ub/Pjt38ZtBtf4UMrfoZgsq9AuYWQm4k0x8i
QrTlIHdBJExF8uuXbOdKz1FgAMla+z/wr7XRHtSLnld1VxY2Ko7+gvaeYtvFSQOV
u6dHxxo8KrOkussfGtPl1/oLdCVDPxjha59lmV7PEo6oXYDTCRV1UicYhgV6RWEl
trPuQ687K3kjnht3xbFbZudLknd4hPSMxtuMCbPqHfqplgFfSiIxR3yqijha295V
Ecur9s4wKzhE55FtzZgxvRV82aXmfMUx2Fq0QBBMkAq1UM2hlYrXowNU4uan3G/X
TVzh4I2SHoFlDiScp3G0nrNCRNc+2aafAubPUb2tyQKBgQDGlEVWjdAV0S9pBWFL
kRm74Mg96+ttedPyZJDFHLN/ylFOkAiyBiK5aFGjnA6HhbexioU6B6vljdUveNau
71DyOpIEt6PUUjmh4c1JiJdnFRVsOkKzOjOc9oRTBvrpQW5NxjFdYNJQRbzkxftb
d5otC3XGe1PzJaXxzlM1gtz0uQKBgQC+VmLi+qTxHlSsiTZFf/bFgukqGCak5IYj
UUeA9i1SWNnV/KVKFxd4BWOLJ6asFhsYtE2CCWjp7tYjiOR6AojVOw0n0DjeViS8
Tq8ITx1yE7TvQHstLFfKqHWkv63EKTjZFF5IY1vsbK1woW2KWYjqpG/1OlsqQnMa
lZOaeHAw1wKBgQClc6xB7W5OfzgNPJpQJ9lVHHg6f3JsiHD7KKcmVD+KXbtYxdE4
4rvT1wMOWlwQtmzS1CMksneaj43sO7ZDksnSyNIYdBlgMhIqusQcXF4pWPu8bN5e
DkQqp4qg0tQDvKx2yIcg0ibpEvHLetlu4DvpA/9hHChaEigtTEcv8pS+oQKBgB/M
hObQ4x+ZZqIQpm2EDHFBBr1OnZ4sw7BA0wZbmoTIbVRPyjmPlA8sL04/SJw1cT92
WACim9GBYms7YphztfKR1AfTxLx4fdir+JgVx6CYZEEYb7vDTcOA0267y0cbb/Ds
czf6yY+9NFi9z3Qusy4oXMAGiNaNlXdah/dlqbCvAoGAK6h//puFhenCwAokXLhM
uLUQi7PzKKTctmURDBIR4Pvy1gcEw127XdOXqSJq+Tm/fMHM/KM/keRSJBLbFXZQ
sayoLMdbas9akXyUb+XZMiO4W2KYNJ7VzmxT/pp23VT+sJW6ikIkggwOoeMlGxWz
yO4ygs0+ujKTGKaMcuNtcEg=
-----END PRIVATE KEY-----`,
  'rsa-3072': `-----BEGIN PRIVATE KEY-----
MIIG/QIBADANBgkqhkiG9w0BAQEFAASCBucwggbjAgEAAoIBgQCrHj4WoOLcUAwv
T+3H2WIfQTey/0vuGKy3GizI2VAWUEWnIpseC9r6E59QI9KvUKl7ftl5iBsrpxic
D6ZI8H/ZMBqRiQPnFj7xQrJfK+P1PCfnk5hp4r078nxfv8KZAYHwU/1M67G/8yi8
3KxxvwJb6vWB2x5FgAbI16UN1V5xJ74n/r6BHpv+9ZrTM3noRJULGf8PyekL7OuS
SWYVBnMOjLGwDD7BLwJIR8sKL//btMdsjGubgLaoE/T1gNIcM1FBsNyyeUJ9yuEf
aveoJ652QNr8WEdxsW6BhMhhuOGgwOc5Q4VlRBBuqN+RboZ0AVpRNzU2ko549qo9
lIRNqgujUZrKSNkw/ySTCsl3TLQ1EmaOOKujnpvfbFdYjmS0ZWYG6oPS+vMEgnmh
BdER5bxWc4mjFIiG2r4SPwKQmkqW1oYIO3D82AHRmSN49fm+GdLmpAnHGLECHfUY
guBo+QJ8iCUurEEFkfSNFrYB1JR5Bs8mPKuPbjrul/qnBuzY5z8CAwEAAQKCAYBI
Ptj86clONfenBAqCvXtpcboH9zSCHmXRWpo85E8lVJfLxFcUXPIDckRpa+54OUiN
DNXZs0axa/d+cDcHBY8czevxtRTyPFivuLahauDwOYkpgw2u6t11UWAEduw8eD/5
jSRdFQezYIC7GDowPfJLh4xG2pHRywdSRYV4rTSV9q8YqLuavSckgmJvOAUItOfu
S3f+HQOpFsqwtQ+F4fay1mDw0IKwQl4m0TTepLxT8OPfpvuJqFK17NMX0d8jq+A5
uOxHlr+B0+pHDmsHzoP9zX3EPHlPQ84RRcKjvodgbqJDSMR+RtmpEofB4dt6zqAu
hr61oQfH9c6BgWiTJFOpDmXxR52S50kQt1sPdxeo/XmxeUWaF9Cm1uCbB580mZun
ak9iKQFNdMVPNLt4vMHTrc9naCdrT5RQge+RfavxX1BCXUSZxgWMvGKvBHzmW9oo
yQcrEH7FSVNCBRbmKJGo1il8mN4NIwA+HpShdlTRAFUT7plHQDs5HQcLjrD5LiUC
gcEA5NuDc5uR1SRrSKg9Tj+OlsTA7ZzTdFXROIlJBtcWL7N1hYsbI5mckaR+e/S7
0s+eFusktEN4/Phcpf/rashIem5fSFl+Km/bI1z5Du1v89KYHK3J3uG6wgSrcYI2
/Vwsv0hkCCR7J3vo9uenVFWn59mLB/R4eyOC4i1if2cDUis/AF9jEiqpPs3hS+iu
ZtNrNIrN2zTnpLsl+1fxg69iSrYwGZ0UYjcIaJFn1FqJ4qH0gemSuU1gB2GLRpy4
bk2rAoHBAL9pqx8hklM/8RvrA+ctE89anQEpb8OPJTOq0M9lda9BCVbpoivDVPw8
hucLDzkTP/PcoWSUbwC2owzwZmufqa0Nhg3um4WG7+nLBmGbgqGsSjC7bBMBpJ+Z
iTencc2yMR1aCLHgcTmywed7VGbrc94f6az/7DCRFXKimFxjvccL+WUdkrv9dhSb
DSYPdvThsQkZP5Wbr9AHBNZlPF7CHMnVTblRMOv5YQg5lF0IXi+hQWSThGb/QHga
LrMD3gywvQKBwHJPzx4Mw9AB6/CT0GNoTbGzP2awYdKHFwU1VZusDbHv4rC8pean
UNRSpLcHrFWFTMLH20KLPUCmUai85vskZUd6H+/Ee8d4ra3BP8ocAUJ5m28fw2in
uaA1suj0kMEGrHczEnwatMUpGFlTpnnyevbM66wiiZeASlztLHjUnI0LeuGVw6eM
VZNARNukspA75B2Pg3mNuHLI5BTifYk4LlGBJQ92LXtNX87TalhgjOT93mKRp68V
HfUx3N59Y4X9FwKBwQCOZpp8ConFjWhekLTSo2J9fLgZSS5wmmneylGWObEXtJay
JhYT4Lm0/YKPGFc26u9FCPq4zQTXzwf2dFJ99sZQjCMS8lSZPg32LKiOrRa+GGMJ
ZiW87hf+9EZ1NQkhMlP/th+J1aPmfOpsv//GoZwNwEgkADFC4GzIX9ZhxYJGNs5P
P3UOjj3ujnt1uUOSYuVGE5aOQsjFRrN+nMoQ5PBt51Zva8utglWBvPR3UeZgION5
Y5W42mSn9TKQ02u6nTECgcAvzVGStBoGaVFtZtR/MAcgb+EvCPm/0OhnlXgnIhJ7
Hqr7HsfPgPGLQXd44Kc1v+aziGyCPaWryL7V/D/nmsc7rBTGkyeepIQ0fUZVsg/Y
8dM1tOT9a2/OfJCw6jEyl14hTvpYIKrfXnV/SXsIeac3xeTG+gWvoemLReooiMTn
NTz+L2hwNpG/OwHx1TTG8m5zXi4/6FV15lnBAxwyEZKsivKXKFDr7PClosr+Je1M
6MMaKh8trB3T0IU0JWCy2Dg=
-----END PRIVATE KEY-----`,
  'ecdsa-p256': `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZk2mUIdhDZm+H4yI
u2OjTskFz7DQbZlbRNwPxe0Ub+qhRANCAAQbxyzxhD6Kj4HHBAAJ97liyEtY6pK7
GWhW5a4kl1IWP31oa36jvyAW/0h3aMpAzdTpjetJ32cCNVZ5MsdGQoE1
-----END PRIVATE KEY-----`,
  'ecdsa-p384': `-----BEGIN PRIVATE KEY-----
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAVe1lVZTRuycw0oARz
scrrWZEp6q3c0zPw318sHM1Ln0dcU+QozrkSVSwZEjVcxdWhZANiAAQlgdIUOkAE
H6Aan56IFtewuXzvpy+dBsrC2RckMn3AA1GQvUVH3N/D8ugvQXMDfoKSKQlhN0OR
ocC2QDx6eDtI0hPJSf2Ag7iETBfUthsL4ymcAYNLpjTVBpy3yiAUQz0=
-----END PRIVATE KEY-----`,
  ed25519: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIK4NXQFGXjMCa3hB7LGaSF31cC0wKKB8EbnBiVSrxpYE
-----END PRIVATE KEY-----`,
  'ed25519-untrusted': `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEII8zDlehRtuADs59iZ9+lgfSgNlEPujMJhDIQzLSF0Kz
-----END PRIVATE KEY-----`,
};

export const demoKeyNames = Object.keys(demoKeysThatMustNeverShip) as readonly DemoKeyName[];
