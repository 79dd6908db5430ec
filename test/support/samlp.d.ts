/** The part of samlp that the tests use; it brings no types of its own. */
declare module 'samlp' {
  import type { Request, RequestHandler } from 'express';

  interface SamlpOptions {
    readonly issuer: string;
    readonly cert: string;
    readonly key?: string;
    readonly audience?: string;
    readonly recipient?: string;
    readonly destination?: string;
    readonly signResponse?: boolean;
    readonly signatureAlgorithm?: 'rsa-sha256' | 'rsa-sha1';
    readonly digestAlgorithm?: 'sha256' | 'sha1';
    readonly getPostURL?: (
      audience: string,
      document: unknown,
      request: Request,
      callback: (error: Error | null, url: string) => void,
    ) => void;
    readonly getUserFromRequest?: (request: Request) => unknown;
  }

  const samlp: {
    auth(options: SamlpOptions): RequestHandler;
    metadata(options: SamlpOptions): RequestHandler;
  };
  export = samlp;
}
