/** XML from outside: no document type, no repair of what is not well formed. */
import { DOMParser, type Document, type Element, type Node } from '@xmldom/xmldom';

export const SAML_ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const SAML_PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const SAML_METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
export const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';

/** The text is no XML that may be read. */
export class XmlFault extends Error {
  /** True: it has a document type, by which entities could be expanded without end. */
  readonly hasDoctype: boolean;

  constructor(message: string, hasDoctype = false) {
    super(message);
    this.name = 'XmlFault';
    this.hasDoctype = hasDoctype;
  }
}

/** @throws XmlFault */
export function parseXml(text: string): Element {
  // Before parsing: afterwards it would be too late.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlFault('it has a document type', true);
  let document: Document;
  try {
    document = new DOMParser({
      onError: (_level, message) => {
        throw new Error(message);
      },
    }).parseFromString(text, 'text/xml');
  } catch (error) {
    throw new XmlFault(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  if (document.documentElement === null) throw new XmlFault('it has no element');
  return document.documentElement;
}

/** Children that are elements of this name; `namespace` null: of any namespace. */
export function childrenOf(parent: Element, namespace: string | null, name: string): readonly Element[] {
  return [...parent.childNodes].filter(isElement).filter((child) => isNamed(child, namespace, name));
}

export function childOf(parent: Element, namespace: string, name: string): Element | undefined {
  return childrenOf(parent, namespace, name)[0];
}

/** Elements of this name at any depth, `root` among them. */
export function within(root: Element, namespace: string | null, name: string): readonly Element[] {
  const below = [...root.getElementsByTagNameNS(namespace ?? '*', name)];
  return isNamed(root, namespace, name) ? [root, ...below] : below;
}

/** Text without blanks around it; null: there is none. */
export function textOf(element: Element | undefined): string | null {
  const text = element?.textContent?.trim() ?? '';
  return text === '' ? null : text;
}

export function attributeOf(element: Element | undefined, name: string): string | null {
  return element?.getAttribute(name) ?? null;
}

/** Whether there is anything but plain text in an element: comments split names so that two readers read two. */
export function hasMarkup(element: Element): boolean {
  return [...element.childNodes].some((child) => child.nodeType !== child.TEXT_NODE);
}

function isNamed(element: Element, namespace: string | null, name: string): boolean {
  return element.localName === name && (namespace === null || element.namespaceURI === namespace);
}

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE;
}
