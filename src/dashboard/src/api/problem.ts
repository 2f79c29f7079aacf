import type { components } from "../../generated/schema";

export type Problem = components["schemas"]["ProblemBody"];

/** Thrown where the API answers with problem details, or does not answer. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** What a page shows of anything that went wrong. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  const title =
    error instanceof TypeError ? "The host does not answer." : error instanceof Error ? error.message : String(error);
  return { type: "about:blank", title, status: 0, kind: "unavailable", remedy: undefined };
}

/** What the API has answered. */
export interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or its problem thrown. */
export function take<T>(answer: Answer<T>): T {
  if (answer.response.ok) return answer.data as T;
  const error = answer.error;
  if (error && typeof error === "object" && "title" in error) throw new ApiProblem(error as Problem);
  throw new Error(`The host answered ${answer.response.status} ${answer.response.statusText}.`);
}
