import type { Network } from '../network.ts';

export interface Stage {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function playStory(_network: Network, stage: Stage): Promise<void> {
  stage.say('story');
}
