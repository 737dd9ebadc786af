import { write } from '../text-bytes.ts';

/** The types of fields on the wire. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

const tag = (field: number, type: number): number => (field << 3) | type;

/** Counts the bytes of a whole number from 0 on. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

/** Counts the bytes of a field that holds `length` bytes. */
export const fieldBytes = (field: number, length: number): number =>
  varintBytes(tag(field, LENGTH_DELIMITED)) + varintBytes(length) + length;

export function writeVarint(out: Buffer, at: number, value: number): number {
  let end = at;
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) {
    out[end] = (rest % 0x80) | 0x80;
    end += 1;
  }
  out[end] = rest;
  return end + 1;
}

/** Writes the head of a field that holds `length` bytes. Each writer returns where it ends. */
export const writeHead = (out: Buffer, at: number, field: number, length: number): number =>
  writeVarint(out, writeVarint(out, at, tag(field, LENGTH_DELIMITED)), length);

export const writeNumber = (out: Buffer, at: number, field: number, value: number): number =>
  writeVarint(out, writeVarint(out, at, tag(field, VARINT)), value);

/** Writes bytes that are encoded already. */
export function copy(out: Buffer, at: number, bytes: Uint8Array): number {
  if (bytes.length > 0) out.set(bytes, at);
  return at + bytes.length;
}

/** `length` is that of the text in UTF-8. */
export const writeText = (out: Buffer, at: number, field: number, text: string, length: number): number =>
  write(out, writeHead(out, at, field, length), text);

export const writeBytes = (out: Buffer, at: number, field: number, bytes: Uint8Array): number =>
  copy(out, writeHead(out, at, field, bytes.length), bytes);
