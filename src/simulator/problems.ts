/** X's problem shapes: https://docs.x.com/x-api/fundamentals/response-codes-and-errors */
export interface Problem {
  status: number;
  body: Record<string, unknown>;
}

const TYPES = 'https://api.x.com/2/problems/';

function problem(status: number, title: string, detail: string, type = 'about:blank'): Problem {
  return { status, body: { title, detail, type, status } };
}

export const unauthorized = problem(401, 'Unauthorized', 'Unauthorized');
export const creditsDepleted = problem(402, 'Payment Required', 'credits depleted', `${TYPES}credits-depleted`);
export const duplicate = forbidden('You are not allowed to create a Tweet with duplicate content.');
export const replyGate = forbidden(
  'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.',
);
/** Seen on immediate replies to one's own post, too. */
export const replyTargetGone: Problem = {
  status: 403,
  body: {
    errors: [{ code: 385, message: 'You attempted to reply to a Tweet that is deleted or not visible to you.' }],
  },
};
export const serverError = problem(500, 'Internal Server Error', 'Internal Server Error');
export const unavailable = problem(503, 'Service Unavailable', 'Service Unavailable');
export const tooManyRequests = problem(429, 'Too Many Requests', 'Too Many Requests');
export const tooManyRequestsOld: Problem = {
  status: 429,
  body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
};
export const accessLevel: Problem = {
  status: 403,
  body: {
    errors: [
      {
        code: 453,
        message:
          'You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints only. If you need access to this endpoint, you may need a different access level.',
      },
    ],
  },
};
export const invalidToken: Problem = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' },
};

export function forbidden(detail = 'Forbidden'): Problem {
  return problem(403, 'Forbidden', detail);
}

export function notFound(path: string): Problem {
  return problem(404, 'Not Found', `There is nothing at ${path}.`);
}

/** A parameter that X would not take; `value` is shown as it was given. */
export function invalidRequest(parameter: string, value: unknown, message: string): Problem {
  return {
    status: 400,
    body: {
      errors: [{ parameters: { [parameter]: [value].flat().map((each) => String(each ?? '')) }, message }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: `${TYPES}invalid-request`,
    },
  };
}

export function oauthProblem(error: string, description: string, status = 400): Problem {
  return { status, body: { error, error_description: description } };
}

type Resource = 'user' | 'tweet' | 'media';

/** What a partly good answer says of something that is not there. */
export function missing(kind: Resource, parameter: string, value: string) {
  return {
    value,
    detail: `Could not find ${kind} with ${parameter}: [${value}].`,
    title: 'Not Found Error',
    resource_type: kind,
    parameter,
    resource_id: value,
    type: `${TYPES}resource-not-found`,
  };
}

/** What a partly good answer says of something that is there but not for the caller. */
export function notForYou(kind: Resource, parameter: string, value: string) {
  return {
    resource_id: value,
    parameter,
    resource_type: kind,
    section: 'data',
    title: 'Authorization Error',
    value,
    detail: `Sorry, you are not authorized to see the ${kind} with ${parameter}: [${value}].`,
    type: `${TYPES}not-authorized-for-resource`,
  };
}
