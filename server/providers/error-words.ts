/**
 * Codes, types and words by which vendors say what is wrong, lower case where they are codes: what `read-error.ts` tells
 * faults apart by. Words count only where no code and no status does.
 */

export const quotaCodes = new Set([
  "insufficient_quota",
  "insufficient_credits",
  "insufficient_balance",
  "insufficient_funds",
  "billing_error",
  "billing_not_active",
  "billing_hard_limit_reached",
  "budget_exceeded",
  "payment_required",
  "credit_limit_exceeded",
  "quota_exceeded",
  "spend_limit_exceeded",
  "arrearage",
]);
export const quotaWords =
  /credit balance|(insufficient|not enough|out of|no) (\w+ )?(credit|balance|fund|quota)|budget (has been |is |was )?exceeded|exceeded (\w+ )*(budget|credit)|(spend|spending|credit|key|budget) limit|billing|payment required|top up|recharge|(crossed|over) (spend|budget)|reached your \w+ (\w+ )?usage limit|free allocation|have any credits|all available credits|in good standing/i;
/** A rate limit that names the page for payments as advice stays one. */
export const rateWords = /^rate limit (reached|exceeded)/i;
export const contextCodes = new Set([
  "context_length_exceeded",
  "context_window_exceeded",
  "exceed_context_size_error",
  "request_too_large",
  "string_above_max_length",
  "max_tokens_exceeded",
]);
export const contextWords =
  /(maximum|max|model'?s?) (context|prompt|input) ?(length|window|size)|context (length|window|size)|prompt is too long|prompt too long|(input|request|prompt) (is |was )?too (long|large)|too many (input |prompt )?tokens|exceed\w* the (available )?context|max_model_len|reduce the length|input length and .?max_tokens.? exceed|input token count .*exceeds|range of input length should be|tokens \+ \W?max_new_tokens\W? must be/i;
export const modelCodes = new Set([
  "model_not_found",
  "invalid_model",
  "unknown_model",
  "model_not_available",
  "deploymentnotfound",
  /** Amazon's. */
  "resourcenotfoundexception",
]);
export const modelWords =
  /models?\b.{0,120}(not (be )?found|does(n't| not) exist|not exist|not a valid model|is not (available|supported|valid)|unknown)|(no such|unknown|invalid|unsupported) model|not a valid model|no endpoints found|pulling it first|model identifier is invalid|on-demand throughput isn.t supported/i;
export const filterCodes = new Set([
  "content_filter",
  "content_policy_violation",
  "responsibleaipolicyviolation",
  "data_inspection_failed",
  "moderation_blocked",
  "hooks_failed",
  "safety",
]);
export const filterWords =
  /content (management )?(policy|filter)|flagged|moderation|safety (system|filter)|violates usage guidelines|content exists risk|blocked due to security/i;
export const overloadedCodes = new Set([
  "overloaded_error",
  "overloaded",
  "engine_overloaded",
  "server_overloaded",
  "server_busy",
]);
export const rateCodes = new Set([
  "rate_limit_exceeded",
  "rate_limit_error",
  "rate_limited",
  "too_many_requests",
  "resource_exhausted",
  "throttlingexception",
]);
export const authCodes = new Set([
  "invalid_api_key",
  "authentication_error",
  "invalid_authentication",
  "unauthorized",
  "permission_error",
  "organization_restricted",
  /** Google's, with a 400. */
  "api_key_invalid",
  /** Amazon's, with a 403 or a 400. */
  "accessdeniedexception",
  "unrecognizedclientexception",
  "expiredtokenexception",
  "invalidsignatureexception",
]);

/** The key is right, and whoever it belongs to may not. */
export const blockedCodes = new Set(["organization_restricted"]);
/** Of those who answer a wrong key with 400. */
export const keyWords = /api key (is )?(not valid|invalid|expired)|(incorrect|invalid|wrong) api key/i;

/** The model is there, and not for this account, project or key. */
export const accessCodes = new Set([
  "no_access",
  "model_permission_blocked_org",
  "model_permission_blocked_project",
  /** LiteLLM's, by whom the key belongs to. */
  "key_model_access_denied",
  "team_model_access_denied",
  "project_model_access_denied",
  "user_model_access_denied",
  "org_model_access_denied",
  /** Alibaba's. */
  "model.accessdenied",
  "model_access_denied",
  "accessdenied.unpurchased",
]);
export const accessWords =
  /(not|n't) (have|been granted) (access|permission)( to)?( use| access| invoke)?( the| this| that)? (\w+ )?(models?\b|specified resource)|no access to (the )?model|not (allowed|permitted|authori[sz]ed|entitled|enabled) to (access|use|call)( the| this)? models?\b|blocked at the (project|organi[sz]ation) level|must be verified to (use|stream) (the|this) model|matching your (guardrail restrictions|data policy)|model access is denied|access denied for model|restricted (from|access to) (using )?(this|the) model|do not have access to (this|the) model/i;
/** A vendor that does not say which of the two it is. */
export const missingWords = /does(n't| not) exist|not (be )?found|no such model/i;

/** Where the request came from, or where it was sent to, is not served. */
export const regionCodes = new Set(["unsupported_country_region_territory", "regionerror"]);
export const regionWords: readonly RegExp[] = [
  /** Groq's, to addresses that it does not serve, a VPN's among them. */
  /^access denied\. please check your network settings/i,
  /(countr(y|ies)|regions?|territor(y|ies)|location)\b.{0,40}\b(is |are )?(not (currently )?(supported|available|allowed|permitted)|unsupported)/i,
  /(not (currently )?(supported|available|allowed|offered|permitted)|unsupported|restricted)\b.{0,40}\b(countr(y|ies)|regions?|territor(y|ies)|(your|this) location)\b/i,
];
