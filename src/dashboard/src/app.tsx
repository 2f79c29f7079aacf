import { useEffect, useState } from "preact/hooks";
import { ErrorBoundary, LocationProvider, lazy, Route, Router } from "preact-iso";
import { type Problem, problemOf } from "./api/problem";
import { apiKey, keyRefused, loadSession, session } from "./api/session";
import { KeyGate, SignInGate } from "./frame/gates";
import { Shell } from "./frame/shell";
import { RunsPage } from "./pages/runs/runs-page";
import { Empty, Page } from "./parts/page";
import { ProblemNote } from "./parts/problem";

const RunPage = lazy(() => import("./pages/run/run-page").then((m) => m.RunPage));
const ComparePage = lazy(() => import("./pages/compare/compare-page").then((m) => m.ComparePage));
const DropPage = lazy(() => import("./pages/drop/drop-page").then((m) => m.DropPage));
const ProjectsPage = lazy(() => import("./pages/projects/projects-page").then((m) => m.ProjectsPage));
const ProjectPage = lazy(() => import("./pages/projects/project-page").then((m) => m.ProjectPage));
const ReviewPage = lazy(() => import("./pages/review/review-page").then((m) => m.ReviewPage));
const TryPage = lazy(() => import("./pages/try/try-page").then((m) => m.TryPage));
const CostsPage = lazy(() => import("./pages/costs/costs-page").then((m) => m.CostsPage));
const SystemPage = lazy(() => import("./pages/system/system-page").then((m) => m.SystemPage));

export function App() {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    loadSession().then(
      () => setProblem(undefined),
      (error) => setProblem(problemOf(error)),
    );
  }, [tries]);
  if (problem) {
    return (
      <main class="gate">
        <ProblemNote problem={problem} again={() => setTries(tries + 1)} />
      </main>
    );
  }
  if (!session.value) return null;
  if (session.value.access === "signIn") return <SignInGate session={session.value} />;
  if (session.value.access === "key" && (!apiKey.value || keyRefused.value)) return <KeyGate />;
  return (
    <LocationProvider>
      <Shell>
        <ErrorBoundary>
          <Router>
            <Route path="/" component={RunsPage} />
            <Route path="/ui" component={RunsPage} />
            <Route path="/ui/runs" component={RunsPage} />
            <Route path="/ui/runs/:id/compare" component={ComparePage} />
            <Route path="/ui/runs/:id/:tab?" component={RunPage} />
            <Route path="/ui/drop" component={DropPage} />
            <Route path="/ui/projects" component={ProjectsPage} />
            <Route path="/ui/projects/:name" component={ProjectPage} />
            <Route path="/ui/review/:name?" component={ReviewPage} />
            <Route path="/ui/try/:name?" component={TryPage} />
            <Route path="/ui/costs" component={CostsPage} />
            <Route path="/ui/system" component={SystemPage} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </Shell>
    </LocationProvider>
  );
}

function NotFound() {
  return (
    <Page title="Nothing here">
      <Empty title="There is no page at this address.">
        <p>
          <a href="/ui/runs">All runs</a>
        </p>
      </Empty>
    </Page>
  );
}
