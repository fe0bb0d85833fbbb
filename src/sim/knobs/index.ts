/** All knobs. A knob in the schema without code here, or code without a schema, does not compile. */

import { rotate } from './addr.rotate.ts';
import { hook } from './app.hook.ts';
import { logStateQueries } from './app.log-state-queries.ts';
import { trailerOffsetDelta } from './app.trailer-offset-delta.ts';
import { dropOn } from './bond.drop-on.ts';
import { bootTime } from './boot.boot-time.ts';
import { counterBug } from './boot.counter-bug.ts';
import { downgradeBug } from './boot.downgrade-bug.ts';
import { maxSwappable } from './boot.max-swappable.ts';
import { resumeBug } from './boot.resume-bug.ts';
import { scrambleInterrupt } from './boot.scramble-interrupt.ts';
import { seesSecondary } from './boot.sees-secondary.ts';
import { swapPolicy } from './boot.swap-policy.ts';
import { swapTime } from './boot.swap-time.ts';
import { watchdog } from './boot.watchdog.ts';
import { advRestart } from './bt.adv-restart.ts';
import { phantomConn } from './bt.phantom-conn.ts';
import { txBuffers } from './bt.tx-buffers.ts';
import { txContexts } from './bt.tx-contexts.ts';
import { identity } from './endpoint.identity.ts';
import { twoServers } from './endpoint.two-servers.ts';
import { andSemantics } from './flash.and-semantics.ts';
import { corrupt } from './flash.corrupt.ts';
import { eraseAlignStrict } from './flash.erase-align-strict.ts';
import { eraseAsserts } from './flash.erase-asserts.ts';
import { ext } from './flash.ext.ts';
import { radioBlocking } from './flash.radio-blocking.ts';
import { writeError } from './flash.write-error.ts';
import { handlesShift } from './gatt.handles-shift.ts';
import { unsupported } from './groups.unsupported.ts';
import { asymMtu } from './link.asym-mtu.ts';
import { connParams } from './link.conn-params.ts';
import { degrade } from './link.degrade.ts';
import { dle } from './link.dle.ts';
import { mtuLate } from './link.mtu-late.ts';
import { phy } from './link.phy.ts';
import { phyReply } from './link.phy-reply.ts';
import { hashSource } from './list.hash-source.ts';
import { omitSlots } from './list.omit-slots.ts';
import { style } from './list.style.ts';
import { netUpdateFails } from './multi.net-update-fails.ts';
import { orderSensitive } from './multi.order-sensitive.ts';
import { reset } from './os.reset.ts';
import { claims } from './params.claims.ts';
import { net } from './recovery.net.ts';
import { delay } from './rsp.delay.ts';
import { drop } from './rsp.drop.ts';
import { dup } from './rsp.dup.ts';
import { reorder } from './rsp.reorder.ts';
import { script } from './rsp.script.ts';
import { truncate } from './rsp.truncate.ts';
import { wrongSeq } from './rsp.wrong-seq.ts';
import { corruptOver } from './rx.corrupt-over.ts';
import { overflow } from './rx.overflow.ts';
import { partialRestart } from './rx.partial-restart.ts';
import { partialTimeout } from './rx.partial-timeout.ts';
import { echo } from './serial.echo.ts';
import { interleave } from './serial.interleave.ts';
import { txTruncate } from './serial.tx-truncate.ts';
import { anyHash } from './state.any-hash.ts';
import { revertConfirmOther } from './state.revert-confirm-other.ts';
import { acceptFloor } from './upload.accept-floor.ts';
import { autopend } from './upload.autopend.ts';
import { busy } from './upload.busy.ts';
import { duplicateFirst } from './upload.duplicate-first.ts';
import { failAfterSwap } from './upload.fail-after-swap.ts';
import { persist } from './upload.persist.ts';
import { rewind } from './upload.rewind.ts';
import { silentFirst } from './upload.silent-first.ts';
import { singleSecondary } from './upload.single-secondary.ts';
import { staleResume } from './upload.stale-resume.ts';
import type { Knob, KnobName } from './knob.ts';

export const knobs: { readonly [Name in KnobName]: Knob<Name> } = {
  'addr.rotate': rotate,
  'app.hook': hook,
  'app.log-state-queries': logStateQueries,
  'app.trailer-offset-delta': trailerOffsetDelta,
  'bond.drop-on': dropOn,
  'boot.boot-time': bootTime,
  'boot.counter-bug': counterBug,
  'boot.downgrade-bug': downgradeBug,
  'boot.max-swappable': maxSwappable,
  'boot.resume-bug': resumeBug,
  'boot.scramble-interrupt': scrambleInterrupt,
  'boot.sees-secondary': seesSecondary,
  'boot.swap-policy': swapPolicy,
  'boot.swap-time': swapTime,
  'boot.watchdog': watchdog,
  'bt.adv-restart': advRestart,
  'bt.phantom-conn': phantomConn,
  'bt.tx-buffers': txBuffers,
  'bt.tx-contexts': txContexts,
  'endpoint.identity': identity,
  'endpoint.two-servers': twoServers,
  'flash.and-semantics': andSemantics,
  'flash.corrupt': corrupt,
  'flash.erase-align-strict': eraseAlignStrict,
  'flash.erase-asserts': eraseAsserts,
  'flash.ext': ext,
  'flash.radio-blocking': radioBlocking,
  'flash.write-error': writeError,
  'gatt.handles-shift': handlesShift,
  'groups.unsupported': unsupported,
  'link.asym-mtu': asymMtu,
  'link.conn-params': connParams,
  'link.degrade': degrade,
  'link.dle': dle,
  'link.mtu-late': mtuLate,
  'link.phy': phy,
  'link.phy-reply': phyReply,
  'list.hash-source': hashSource,
  'list.omit-slots': omitSlots,
  'list.style': style,
  'multi.net-update-fails': netUpdateFails,
  'multi.order-sensitive': orderSensitive,
  'os.reset': reset,
  'params.claims': claims,
  'recovery.net': net,
  'rsp.delay': delay,
  'rsp.drop': drop,
  'rsp.dup': dup,
  'rsp.reorder': reorder,
  'rsp.script': script,
  'rsp.truncate': truncate,
  'rsp.wrong-seq': wrongSeq,
  'rx.corrupt-over': corruptOver,
  'rx.overflow': overflow,
  'rx.partial-restart': partialRestart,
  'rx.partial-timeout': partialTimeout,
  'serial.echo': echo,
  'serial.interleave': interleave,
  'serial.tx-truncate': txTruncate,
  'state.any-hash': anyHash,
  'state.revert-confirm-other': revertConfirmOther,
  'upload.accept-floor': acceptFloor,
  'upload.autopend': autopend,
  'upload.busy': busy,
  'upload.duplicate-first': duplicateFirst,
  'upload.fail-after-swap': failAfterSwap,
  'upload.persist': persist,
  'upload.rewind': rewind,
  'upload.silent-first': silentFirst,
  'upload.single-secondary': singleSecondary,
  'upload.stale-resume': staleResume,
};
