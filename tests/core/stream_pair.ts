/** A pipe with a stream at each end, for the tests of streams. */
import { newPipe } from "../../ffi/descriptors.ts";
import { write } from "../../ffi/unistd.ts";
import { Fd } from "../../lib/core/fd.ts";
import { Input } from "../../lib/core/input.ts";
import { Output } from "../../lib/core/output.ts";
import { type ByteStream, byteStream, writableStream } from "../../lib/core/streams.ts";

/** A pipe with a stream at each end. */
export class Streams implements AsyncDisposable {
  readonly reader: Fd;
  readonly writer: Fd;
  readonly readable: ByteStream;
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;
  constructor() {
    [this.reader, this.writer] = (newPipe() as [number, number]).map((fd) => Fd.adopt(fd)) as [Fd, Fd];
    this.readable = byteStream(new Input(this.reader));
    this.writable = writableStream(new Output(this.writer));
  }
  /** Bytes into the pipe itself, as another process would write them; how many fitted, or -errno. */
  give(...bytes: number[]): number {
    return write(this.writer.number, Uint8Array.from(bytes), bytes.length);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.readable.locked) await this.readable.cancel().catch(() => {});
    if (!this.writable.locked) await this.writable.abort().catch(() => {});
    [this.reader, this.writer].forEach((fd) => fd.close());
  }
}
