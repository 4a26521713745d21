import type { Question } from "../../server/core/provider.ts";
import type { Tier } from "../../shared/answer.ts";
import { cheapRequests, conversationRequests, frontierRequests } from "../../test/server/core/editor-requests.ts";
import { moreCheapRequests } from "../../test/server/core/more-cheap-requests.ts";
import { moreFrontierRequests } from "../../test/server/core/more-frontier-requests.ts";
import { hardRequests } from "../../test/server/core/plain-hard-requests.ts";
import { open } from "../../test/server/core/plain-requests.ts";
import { simpleRequests } from "../../test/server/core/plain-simple-requests.ts";

/** The requests with which the classifier's words were chosen, each with the tier it needs; those held back are not among them. */
export function plainSet(): { question: Question; tier: Tier }[] {
  return [
    ...cheapRequests,
    ...frontierRequests,
    ...conversationRequests,
    ...moreCheapRequests,
    ...moreFrontierRequests,
    ...open(simpleRequests),
    ...open(hardRequests),
  ].map(({ text, context = [], history = [], tier }) => ({ question: { text, context, history }, tier }));
}
