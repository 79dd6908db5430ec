/**
 * Makes a picture of our own out of whatever was sent: what it is is told by its content, it is decoded within limits, and
 * drawn anew, so that nothing of the file but the picture is kept (no metadata, no second content). Takes time and memory,
 * so it runs before the transaction, one picture at a time.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';

/** Bytes that are looked at; past it nobody decodes anything. */
export const AVATAR_MAX_BYTES = 2 * 1024 * 1024;

/** Width and height of what is kept. */
export const AVATAR_SIZE = 256;

/** A small file may unfold to a picture that fills the memory. */
const PIXELS_MAX = 25_000_000;

export interface AvatarImage {
  /** Changes with the picture; without quotes. */
  readonly etag: string;
  /** A WebP. */
  readonly image: Uint8Array;
}

/** The format by the first bytes; a name or a Content-Type is only what somebody says. */
function formatOf(bytes: Uint8Array): 'png' | 'jpeg' | 'webp' | undefined {
  const text = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString('latin1');
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 3) === '\xff\xd8\xff') return 'jpeg';
  return text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP' ? 'webp' : undefined;
}

/** Pictures are decoded one after the other: each takes up to a hundred megabytes while it is at it. */
export type DrawAvatar = (bytes: Uint8Array) => Promise<AvatarImage>;

export function createAvatarDrawing(): DrawAvatar {
  let last: Promise<unknown> = Promise.resolve();
  return (bytes) => {
    const drawn = last.then(() => drawAvatar(bytes));
    last = drawn.catch(() => undefined);
    return drawn;
  };
}

/** @throws AppError `payload_too_large`, `unsupported_media_type`, `invalid_value` */
async function drawAvatar(bytes: Uint8Array): Promise<AvatarImage> {
  if (bytes.length > AVATAR_MAX_BYTES) {
    throw new AppError('payload_too_large', `A picture may have ${AVATAR_MAX_BYTES / 1024 / 1024} MiB at most.`);
  }
  const format = formatOf(bytes);
  if (format === undefined) throw new AppError('unsupported_media_type', 'Send a PNG, JPEG or WebP picture.');
  // Loaded when it is needed first: a server without a single picture spares the memory.
  const { default: sharp } = await import('sharp');
  try {
    const picture = sharp(bytes, { limitInputPixels: PIXELS_MAX, failOn: 'error', pages: 1, sequentialRead: true });
    const seen = await picture.metadata();
    if (seen.format !== format) throw new AppError('invalid_value', 'The picture is not what it says.');
    const image = await picture
      .autoOrient()
      .resize(AVATAR_SIZE, AVATAR_SIZE, { fit: 'cover' })
      .webp({ quality: 85 })
      .timeout({ seconds: 10 })
      .toBuffer();
    return { image, etag: createHash('sha256').update(image).digest('base64url').slice(0, 22) };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid_value', 'The picture cannot be read. It may be damaged or too large to unfold.', {
      cause,
    });
  }
}
