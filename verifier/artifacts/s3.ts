import { Readable } from 'node:stream';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { rangeAfter, type Transfer, unlessStalled } from './transfer.ts';

/**
 * `s3://bucket/key`, by range where something is there already. Endpoint, region and keys are those of the AWS environment
 * variables and profiles; without any keys there nothing is signed, which is enough for public buckets.
 */
export const fromS3: Transfer = async (uri, received, stallMs, deadline) => {
  const { hostname: bucket, pathname } = new URL(uri);
  const key = decodeURIComponent(pathname.slice(1));
  if (bucket === '' || key === '') throw new Error('an S3 address looks like s3://bucket/key');
  // Loaded when the first such address comes by: most workers never meet one.
  const { GetObjectCommand, S3Client, S3ServiceException } = await import('@aws-sdk/client-s3');
  const client: S3Client = new S3Client(clientConfig(process.env));
  try {
    await unlessStalled(stallMs, deadline, async (abortSignal, alive) => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: rangeAfter(received) });
      const { Body, ContentRange } = await client.send(command, { abortSignal });
      if (ContentRange === undefined) received.restart();
      if (!(Body instanceof Readable)) throw new Error('S3 answered without a body');
      abortSignal.addEventListener('abort', () => Body.destroy(new Error('stalled')), { once: true });
      for await (const chunk of Body) {
        alive();
        received.add(chunk);
      }
    });
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    if (error.name === 'InvalidRange' && received.size > 0) return;
    const status = error.$metadata.httpStatusCode;
    throw new Error(`S3 answered ${error.name}${status === undefined ? '' : ` (HTTP status ${status})`}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
};

/** The client asks for keys even where its signer needs none. */
const unsigned: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
};

function clientConfig(environment: NodeJS.ProcessEnv): S3ClientConfig {
  const hasKeys = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some((name) => environment[name]);
  // Servers other than Amazon's rarely have a host name for each bucket.
  const forcePathStyle = Boolean(environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL);
  return {
    region: environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1',
    followRegionRedirects: true,
    // Tries and pauses are the download's own, the same for every kind of mirror.
    maxAttempts: 1,
    forcePathStyle,
    ...(hasKeys ? {} : unsigned),
  };
}
