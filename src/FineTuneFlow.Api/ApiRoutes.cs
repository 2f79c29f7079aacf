using System.Collections.Immutable;
using FineTuneFlow.Api.Agents;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Api.Costs;
using FineTuneFlow.Api.Datasets;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Api.Projects;
using FineTuneFlow.Api.Review;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Api.Webhooks;
using FineTuneFlow.Api.Wire;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api;

/// <summary>Every route of the HTTP API, once. The local host maps this table, the Functions app is compared with it, and
/// the OpenAPI document is written from it.</summary>
public static class ApiRoutes
{
    public const string Prefix = "api";

    private static readonly FormPart File = new("file", "CSV, JSON lines or either of them packed with gzip.", Required: true, IsFile: true);
    private static readonly FormPart RecipePart = new("recipe", "Recipe as JSON; without it, the project's or the defaults.", Required: false);

    public static ImmutableArray<ApiRoute> All { get; } =
    [
        Post<PostRun>("runs", "Starts a run: JSON naming a drop, or multipart/form-data with project, recipe (optional) and file.")
            with
            {
                Body = typeof(StartRunRequest),
                Form = [new("project", "Name of the project.", Required: true), File, RecipePart],
                Answer = typeof(StartedRun),
                Status = 202,
                OrElse = "The same file and recipe were run before: this is that run.",
            },
        Get<GetRuns>("runs", "Lists runs, newest first.") with
        {
            Answer = typeof(RunList),
            Query =
            [
                ("project", "Only this project's."),
                ("outcome", "running, succeeded, partlyFailed, failed, cancelled or rejected."),
                ("waiting", "person: only runs that wait for an approval; service: only those whose job a service works on; retrying: only those of which a step has failed and is tried again."),
                ("from", "Started at this time or later (ISO 8601)."),
                ("to", "Started before this time."),
                ("top", "At most so many, 1 to 1000; 50 unless told."),
                ("continuation", "From the page before."),
            ],
        },
        Get<GetRun>("runs/{id}", "Shows a run's state, stage, progress and cost so far.") with { Answer = typeof(RunView) },
        Get<GetRunHistory>("runs/{id}/history", "Gives the recorded steps of a run, as a timeline.") with
        {
            Answer = typeof(RunHistory),
            Query =
            [
                ("failed", "true: only steps that failed."),
                ("top", "At most so many, 1 to 10,000; all unless told."),
                ("continuation", "From the page before."),
            ],
        },
        Get<GetRunMarks>("runs/{id}/marks", "Tells what stands beside a run's steps: restarts of the host, and what was adopted after a lost answer.") with { Answer = typeof(RunMarks) },
        Delete<DeleteRun>("runs/{id}", "Deletes an ended run with its files and history; refused where a champion comes from it.")
            with { Status = 204, MediaTypes = [], Query = [("dryRun", "true: nothing is deleted, but what would be refused is.")] },
        Delete<DeleteRefused>("refused", "Dismisses what is told of a drop that has started no run; the file stays where it lies.")
            with { Status = 204, MediaTypes = [], Query = [("drop", "The drop as GET runs lists it: drops/{project}/{file}.")] },
        Post<PostApproval>("runs/{id}/approval", "Approves or rejects the quote that a run waits with.")
            with { Body = typeof(ApprovalRequest), Answer = typeof(RunView), Status = 202 },
        Post<PostCancel>("runs/{id}/cancel", "Cancels a run, its jobs and its deployments.")
            with { Body = typeof(SteeringRequest), Answer = typeof(RunView), Status = 202 },
        Post<PostSuspend>("runs/{id}/suspend", "Suspends a run where it stands.") with { Body = typeof(SteeringRequest), Answer = typeof(RunView) },
        Post<PostResume>("runs/{id}/resume", "Lets a suspended run go on.") with { Body = typeof(SteeringRequest), Answer = typeof(RunView) },
        Post<PostRerun>("runs/{id}/rerun", "Runs an ended run's drop and recipe once more, under an id of its own.")
            with { Answer = typeof(StartedRun), Status = 202, Query = [("anew", "true: pay for files, jobs and answers again, rather than adopt those of the run.")] },
        Get<GetReport>("runs/{id}/report", "Gives the report, in the form that the Accept header asks.") with
        {
            Answer = typeof(RunReport),
            MediaTypes = ["application/json", "text/markdown", "text/html"],
            Query = [("format", "json, md or html, instead of the Accept header.")],
        },
        Get<GetArtifacts>("runs/{id}/artifacts", "Lists the files of a run.") with { Answer = typeof(ArtifactList) },
        Get<GetArtifact>("runs/{id}/artifacts/{*path:minlength(1)}", "Gives a file of a run.") with { MediaTypes = ["application/octet-stream"] },
        Get<GetArchive>("runs/{id}/archive", "Gives all files of a run as one ZIP archive.") with { MediaTypes = ["application/zip"] },
        Get<GetComparison>("runs/{id}/compare", "Sets a run's candidates side by side, each against one of them.") with
        {
            Answer = typeof(ComparisonView),
            Query =
            [
                ("against", "The candidate that the others are compared with; the champion or the best unless told."),
                ("score", "The first column and the frontier's; the verdict's unless told."),
                ("candidate", "One to be set against it in detail: confusion matrices, rows only one has right, what differs."),
            ],
        },
        Get<GetRows>("runs/{id}/rows", "Gives judged rows with their texts and what one or two candidates answered, page by page.") with
        {
            Answer = typeof(RowList),
            Query =
            [
                ("first", "A judged candidate; the best unless told."),
                ("second", "Another one."),
                ("show", "all, changed, onlyFirst, onlySecond, bothWrong or bothRight."),
                ("label", "Only rows with this label."),
                ("answer", "Only rows to which the first candidate gave this answer."),
                ("search", "Only rows whose text contains this."),
                ("order", "row, confident or unsure."),
                ("top", "At most so many, 1 to 500; 100 unless told."),
                ("continuation", "From the page before."),
            ],
        },
        Get<GetCascade>("runs/{id}/cascade", "Tells what a small model followed by a large one would give at each threshold of confidence.") with
        {
            Answer = typeof(CascadeView),
            Query = [("small", "A judged candidate that gives probabilities."), ("large", "A judged candidate.")],
        },
        Get<GetDataset>("runs/{id}/dataset", "Gives a run's prepared rows, page by page.") with
        {
            Answer = typeof(DatasetPage),
            Query =
            [
                ("split", "train, validation or test; train unless told."),
                ("label", "Only rows with this label."),
                ("search", "Only rows whose text contains this."),
                ("top", "At most so many, 1 to 500; 100 unless told."),
                ("continuation", "From the page before."),
            ],
        },
        Get<GetReview>("runs/{id}/review", "Gives rows whose labels deserve a second look, nearly equal texts once, with what speaks against each label.") with
        {
            Answer = typeof(ReviewPage),
            Query =
            [
                ("source", "all, feedback, suspects, disagree or unsure; all unless told."),
                ("top", "At most so many, 1 to 200; 50 unless told."),
                ("continuation", "From the page before."),
            ],
        },
        Get<GetCorrections>("runs/{id}/corrections", "Lists the corrections of a run's rows.") with { Answer = typeof(CorrectionList) },
        Post<PostCorrection>("runs/{id}/corrections", "Corrects a row's label. Of a training row it joins the next retrain; rows that judge do not change.")
            with { Body = typeof(CorrectionRequest), Answer = typeof(Correction) },
        Delete<DeleteCorrection>("runs/{id}/corrections/{row}", "Takes a correction back.") with { Status = 204, MediaTypes = [] },
        Post<PostDatasetCheck>("datasets/check", "Gives profile, findings and quote of a CSV sent as multipart/form-data (file, recipe); nothing is started.")
            with { Form = [File, RecipePart], Answer = typeof(DatasetCheckAnswer) },
        Post<PostRecipeCheck>("recipes/check", "Tells everything that is wrong with a recipe, with line and column; nothing is kept.")
            with { Body = typeof(Recipe), Answer = typeof(RecipeCheck) },
        Get<GetProjects>("projects", "Lists the projects.") with { Answer = typeof(ProjectList) },
        Get<GetProject>("projects/{project}", "Shows a project: champion, health, what was asked by day, the last night.") with { Answer = typeof(ProjectDetail) },
        Get<GetRecipe>("projects/{project}/recipe", "Gives a project's recipe as it was put.") with { Answer = typeof(Recipe) },
        Put<PutRecipe>("projects/{project}/recipe", "Checks and sets a project's recipe; If-Match guards against overwriting.")
            with { Body = typeof(Recipe), Answer = typeof(Recipe), Headers = [("If-Match", "The ETag that GET gave: refused where the recipe has changed since.")] },
        Get<GetModels>("projects/{project}/models", "Shows a project's champion and those before it.") with { Answer = typeof(ModelList) },
        Post<PostPromotion>("projects/{project}/models/promote", "Promotes a judged candidate of a run.")
            with { Body = typeof(PromotionRequest), Answer = typeof(ChampionVersion) },
        Post<PostRollback>("projects/{project}/models/rollback", "Goes back to an earlier champion.")
            with { Body = typeof(RollbackRequest), Answer = typeof(ChampionVersion) },
        Post<PostPrediction>("projects/{project}/predict", "Asks the champion for a text's label and probabilities; for a list of texts the answer is {\"answers\": [...]} in their order.")
            with { Body = typeof(PredictionRequest), Answer = typeof(PredictionAnswer) },
        Get<GetWireModels>("v1/models", "Lists the champions and their versions in OpenAI's wire format."),
        Post<PostChatCompletion>("v1/chat/completions", "Asks a champion in OpenAI's wire format; the model is a project, project@version or project@challenger."),
        Post<PostCompletion>("v1/completions", "Asks a champion in OpenAI's wire format, a prompt or a list of prompts."),
        Post<PostFeedback>("projects/{project}/feedback", "Takes a text with its right label; it joins the next retrain.")
            with { Body = typeof(FeedbackRequest), Answer = typeof(KeptFeedback) },
        Get<GetFeedback>("projects/{project}/feedback", "Lists what people have said of a project's texts, and corrected files of suspects.") with { Answer = typeof(FeedbackList) },
        Put<PutFeedback>("projects/{project}/feedback/{id}", "Amends the label of a feedback.") with { Body = typeof(AmendRequest), Answer = typeof(KeptFeedback) },
        Delete<DeleteFeedback>("projects/{project}/feedback/{id}", "Takes a feedback back.") with { Status = 204, MediaTypes = [] },
        Get<GetHoldout>("projects/{project}/holdout", "Lists the decisions by which labels of rows that judge are others than those of the drops.") with { Answer = typeof(HoldoutList) },
        Post<PostHoldout>("projects/{project}/holdout", "Decides that a run's corrections of rows that judge count from the next run on.")
            with { Body = typeof(HoldoutRequest), Answer = typeof(HoldoutDecision) },
        Delete<DeleteHoldout>("projects/{project}/holdout/{decision}", "Takes such a decision back.") with { Status = 204, MediaTypes = [] },
        Get<GetTrend>("projects/{project}/trend", "Sets a project's versions beside each other on the rows that judged all of them.") with { Answer = typeof(TrendView) },
        Post<PostRetrain>("projects/{project}/retrain", "Retrains a project where there is a reason, else says why not; with dryRun nothing is started.")
            with { Body = typeof(RetrainRequest), Answer = typeof(RetrainAnswer) },
        Get<GetProviders>("providers", "Lists the configured services, how long their models last, and the champions that stand on them.") with { Answer = typeof(ProviderList) },
        Get<GetCostProjection>("costs/projection", "Projects the cost of five ways of running a service while its volume grows, the chapter's first figure.") with
        {
            Answer = typeof(CostProjection),
            Query =
            [
                ("volume", "Calls on the first day; 10,000 unless told."),
                ("growth", "Share by which they grow each day; 0.01 unless told."),
                ("days", "1 to 3,650; 365 unless told."),
            ],
        },
        Post<PostOpenAIWebhook>("webhooks/openai", "Takes a provider's signed webhook and wakes the run that waits.")
            with { Answer = typeof(WebhookAnswer), Anonymous = true },
        Post<PostMcp>("mcp", "Takes a message of the Model Context Protocol: tools for agents over streamable HTTP, without sessions.")
            with { MediaTypes = ["text/event-stream"] },
        Get<GetHealth>("health", "Tells whether storage and engine answer.") with { Answer = typeof(Health), Anonymous = true },
        Get<GetOpenApi>("openapi.json", "Describes this API as OpenAPI 3.1."),
    ];

    private static ApiRoute Get<THandler>(string pattern, string summary)
        where THandler : IApiHandler => new(typeof(THandler).Name, "GET", pattern, typeof(THandler), summary);

    private static ApiRoute Post<THandler>(string pattern, string summary)
        where THandler : IApiHandler => new(typeof(THandler).Name, "POST", pattern, typeof(THandler), summary);

    private static ApiRoute Put<THandler>(string pattern, string summary)
        where THandler : IApiHandler => new(typeof(THandler).Name, "PUT", pattern, typeof(THandler), summary);

    private static ApiRoute Delete<THandler>(string pattern, string summary)
        where THandler : IApiHandler => new(typeof(THandler).Name, "DELETE", pattern, typeof(THandler), summary);
}
