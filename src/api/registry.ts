/** Everything that the API offers, in the order of the documents. To add a noun: its file, and its line here. */
import { createAboutEndpoints } from './about.ts';
import { connectionEndpoints } from './connections.ts';
import type { Endpoint } from './endpoint.ts';

export const ENDPOINTS: readonly Endpoint[] = createAboutEndpoints([...connectionEndpoints]);
