/** A strict reader of the XML 1.0 that reports use. It throws where a conforming parser must refuse the document. */

export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** Character data directly within the element. */
  readonly text: string;
}

/** XML 1.0, production 2 (Char). */
const legal = /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function readXml(document: string): XmlNode {
  if (!legal.test(document)) throw new SyntaxError('a character that XML 1.0 does not allow');
  const reader = new Reader(document.replace(/\r\n?/g, '\n'));
  reader.take(/<\?xml version="1\.0" encoding="UTF-8"\?>\s*/y);
  const root = reader.element();
  reader.take(/\s*$/y);
  return root;
}

/** All elements with this name, at any depth, in document order. */
export function findAll(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray {
    const match = this.tryTake(pattern);
    if (match === undefined)
      throw new SyntaxError(`expected ${pattern.source} at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 60)}`);
    return match;
  }

  tryTake(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match ?? undefined;
  }

  element(): XmlNode {
    const name = this.take(/<([A-Za-z][\w-]*)/y)[1]!;
    const attributes = this.#attributes();
    if (this.take(/\s*(\/?)>/y)[1] === '/') return { name, attributes, children: [], text: '' };
    const children: XmlNode[] = [];
    let text = '';
    while (this.tryTake(/<\//y) === undefined) {
      const cdata = this.tryTake(/<!\[CDATA\[([^]*?)\]\]>/y);
      const characters = cdata === undefined ? this.tryTake(/[^<]+/y) : undefined;
      if (characters?.[0].includes(']]>')) throw new SyntaxError(']]> outside of a section');
      if (cdata !== undefined) text += cdata[1]!;
      else if (characters !== undefined) text += unescape(characters[0]);
      else children.push(this.element());
    }
    this.take(new RegExp(`${name}\\s*>`, 'y'));
    return { name, attributes, children, text };
  }

  #attributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (let match; (match = this.tryTake(/\s+([A-Za-z][\w-]*)="([^"<]*)"/y));) {
      if (attributes.has(match[1]!)) throw new SyntaxError(`two attributes ${match[1]!}`);
      attributes.set(match[1]!, unescape(match[2]!.replace(/[\t\n]/g, ' ')));
    }
    return attributes;
  }
}

function unescape(text: string): string {
  return text.replace(/&([^;]*);?/g, (_, name: string) => {
    const character = entities[name];
    if (character === undefined) throw new SyntaxError(`the entity &${name};`);
    return character;
  });
}
