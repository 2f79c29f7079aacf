/** Addresses of the pages, in one place. */
export const to = {
  runs: (query = ""): string => `/ui/runs${query}`,
  run: (id: string, tab?: string): string => `/ui/runs/${encodeURIComponent(id)}${tab ? `/${tab}` : ""}`,
  compare: (id: string, query = ""): string => `/ui/runs/${encodeURIComponent(id)}/compare${query}`,
  projects: (): string => "/ui/projects",
  project: (name: string): string => `/ui/projects/${encodeURIComponent(name)}`,
  drop: (project?: string): string => `/ui/drop${project ? `?project=${encodeURIComponent(project)}` : ""}`,
  review: (project?: string): string => `/ui/review${project ? `/${encodeURIComponent(project)}` : ""}`,
  tryIt: (project?: string): string => `/ui/try${project ? `/${encodeURIComponent(project)}` : ""}`,
  costs: (): string => "/ui/costs",
  system: (): string => "/ui/system",
};
