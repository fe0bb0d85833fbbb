/** Writes XML 1.0. Every text is made printable first, because one control character makes consumers refuse the whole file. */

import { oneLine, printable } from './text.ts';

export interface XmlElement {
  readonly name: string;
  /** Attributes without a value are left out. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly content: readonly XmlElement[] | string;
}

export function element(name: string, attributes: XmlElement['attributes'], content: readonly XmlElement[] | string = []): XmlElement {
  return { name, attributes, content };
}

/** The element and all within it, one line per tag, each indented by its depth. */
export function renderElement(xml: XmlElement, indent: string): string {
  const { name, attributes, content } = xml;
  const open = `${indent}<${name}${renderAttributes(attributes)}`;
  if (content.length === 0) return `${open}/>\n`;
  if (typeof content === 'string') return `${open}>${cdata(content)}</${name}>\n`;
  return `${open}>\n${content.map((child) => renderElement(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}

/** Parsers make line ends and tabs in attributes blanks, so they are written as blanks. */
function renderAttributes(attributes: XmlElement['attributes']): string {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return present.map(([name, value]) => ` ${name}="${escapeAttribute(oneLine(String(value)))}"`).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}

/** `]]>` would end the section, so it is divided between two. */
function cdata(text: string): string {
  return `<![CDATA[${printable(text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
