import { connect, type Socket } from 'node:net';
import { encodeFrame, FrameReader } from '../../chain/abci/frames.ts';
import { abci } from '../../sdk/codec/index.ts';

interface Waiting {
  readonly resolve: (response: abci.Response) => void;
  readonly reject: (error: Error) => void;
}

/** CometBFT's side of the ABCI socket: one request after another, each with its answer. */
export class AbciClient {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      for (const frame of this.#frames.push(chunk)) this.#take(abci.Response.decode(frame));
    });
    socket.on('close', () => this.#failAll(new Error('the application closed the connection')));
    socket.on('error', (error) => this.#failAll(error));
  }

  static async connect(port: number): Promise<AbciClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new AbciClient(socket);
  }

  /** Throws what the application answered as an exception. */
  async call(request: Partial<abci.Request>): Promise<abci.Response> {
    const response = await new Promise<abci.Response>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const encode = (part: Partial<abci.Request>) =>
        encodeFrame(abci.Request.encode(abci.Request.fromPartial(part)).finish());
      this.#socket.write(Buffer.concat([encode(request), encode({ flush: {} })]));
    });
    if (response.exception !== undefined) throw new Error(`the application says: ${response.exception.error}`);
    return response;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(response: abci.Response): void {
    if (response.flush !== undefined) return;
    this.#waiting.shift()?.resolve(response);
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
