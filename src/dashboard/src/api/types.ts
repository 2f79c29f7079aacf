import type { components } from "../../generated/schema";

type Schemas = components["schemas"];

export type RunView = Schemas["RunView"];
export type RunList = Schemas["RunList"];
export type RefusedDrop = RunList["refused"][number];
export type Outcome = RunView["outcome"];
export type Quote = NonNullable<RunView["quote"]>;
export type CandidateView = RunView["candidates"][number];
export type Failure = NonNullable<RunView["failure"]>;
export type TimelineStep = Schemas["RunHistory"]["steps"][number];
export type Artifact = Schemas["ArtifactList"]["files"][number];
export type Comparison = Schemas["ComparisonView"];
export type ComparedCandidate = Comparison["candidates"][number];
export type ScoreColumn = Comparison["scores"][number];
export type ScoreCell = ComparedCandidate["cells"][number];
export type Pair = NonNullable<Comparison["pair"]>;
export type RowView = Schemas["RowView"];
export type Cascade = Schemas["CascadeView"];
export type Report = Schemas["RunReport"];
export type CheckAnswer = Schemas["DatasetCheckAnswer"];
export type ChampionVersion = Schemas["ChampionVersion"];
export type Projection = Schemas["CostProjection"];
export type Prediction = Schemas["PredictionAnswer"];
export type Correction = Schemas["Correction"];
