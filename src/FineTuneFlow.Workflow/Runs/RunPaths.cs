using System.Globalization;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Where everything of a run and of a project lies: the one place that knows the storage's layout.</summary>
public static class RunPaths
{
    public const string Drops = "drops";
    /// <summary>Files that came with a recipe of their own.</summary>
    public const string Uploads = "uploads";
    public const string Runs = "runs";
    public const string Models = "models";
    public const string FeedbackContainer = "feedback";
    public const string Recipes = "recipes";

    public static BlobPath Drop(string project, string name) => BlobPath.Of(Drops, $"{project}/{name}");

    public static BlobPath ProjectRecipe(string project) => BlobPath.Of(Recipes, $"{project}.json");

    public static BlobPath Record(string runId) => Of(runId, "run.json");

    public static BlobPath Recipe(string runId) => Of(runId, "recipe.json");

    public static BlobPath Cancellation(string runId) => Of(runId, "cancelled.json");

    /// <summary>What a clean-up has cancelled so far, should it have to look again.</summary>
    public static BlobPath CleaningNotes(string runId) => Of(runId, "cleaning.json");

    /// <summary>The one answer that a quote gets.</summary>
    public static BlobPath Approval(string runId) => Of(runId, "approval.json");

    public static BlobPath Quote(string runId) => Of(runId, "quote.json");

    public static string DatasetPrefix(string runId) => $"{runId}/dataset/";

    public static BlobPath Dataset(string runId, string file) => Of(runId, $"dataset/{file}");

    public static BlobPath Manifest(string runId) => Dataset(runId, "manifest.json");

    /// <summary>What is planned, for later runs that continue this one's model.</summary>
    public static BlobPath Plan(string runId) => Of(runId, "plan.json");

    /// <summary>The training rows that a continued champion has not seen.</summary>
    public static BlobPath NewRows(string runId, string candidate) => Dataset(runId, $"train.new-{candidate}.jsonl");

    public static BlobPath Rows(string runId, Split split) => Dataset(runId, $"{split.ToString().ToLowerInvariant()}.jsonl");

    /// <summary>The sample of the holdout that candidates are judged on, where the recipe asks for one.</summary>
    public static BlobPath Sample(string runId) => Of(runId, "evaluation/sample.jsonl");

    /// <summary>The judged rows, cut into the pieces that are asked, stored and resumed as one.</summary>
    public static BlobPath Chunk(string runId, int chunk) => Of(runId, $"evaluation/{chunk:D5}.jsonl{BlobStoreJson.PackedEnding}");

    public static string AnswersPrefix(string runId, string candidate) => $"{runId}/answers/{candidate}/";

    /// <summary>Begins the folders of answers that the candidate's checkpoints have given.</summary>
    public static string CheckpointAnswersPrefix(string runId, string candidate) => $"{runId}/answers/{candidate}_";

    /// <summary>Answers had for a chunk before it is recorded: a batch's, or those of an attempt that broke off.</summary>
    public static BlobPath Answers(string runId, string candidate, int chunk) =>
        BlobPath.Of(Runs, $"{AnswersPrefix(runId, candidate)}{chunk:D5}.jsonl");

    /// <summary>There while a chunk is being asked.</summary>
    public static BlobPath ChunkIntent(string runId, string candidate, int chunk) => Of(runId, $"answers/{candidate}/{chunk:D5}.intent.json");

    public static string BatchesPrefix(string runId) => $"{runId}/batches/";

    public static BlobPath BatchIntent(string runId, string candidate, int part, string what) =>
        Of(runId, $"batches/{candidate}/{what}-{part}.json");

    /// <summary>Every candidate's answers as figures, for whoever looks at the rows.</summary>
    public static BlobPath JudgedAnswers(string runId) => Of(runId, "evaluation/answers.bin");

    public static BlobPath EvaluationPlan(string runId) => Of(runId, "evaluation/plan.json");

    /// <summary>The validation rows that checkpoints are chosen by, cut like the judged ones.</summary>
    public static BlobPath ValidationPlan(string runId) => Of(runId, "validation/plan.json");

    public static BlobPath ValidationChunk(string runId, int chunk) => Of(runId, $"validation/{chunk:D5}.jsonl{BlobStoreJson.PackedEnding}");

    public static BlobPath ValidationRows(string runId) => Of(runId, "validation/rows.jsonl");

    /// <summary>The rows that a candidate is asked about.</summary>
    public static BlobPath AskedChunk(string runId, PlannedCandidate candidate, int chunk) =>
        candidate.Asked is { OnValidation: true } ? ValidationChunk(runId, chunk) : Chunk(runId, chunk);

    /// <summary>The plan behind <see cref="AskedChunk"/>.</summary>
    public static BlobPath AskedPlan(string runId, PlannedCandidate? candidate) =>
        candidate?.Asked is { OnValidation: true } ? ValidationPlan(runId) : EvaluationPlan(runId);

    /// <summary>The runs before a rerun whose answers to a candidate's questions count as its own.</summary>
    public static BlobPath AskedBefore(string runId, string candidate) => Of(runId, $"evaluation/before-{candidate}.json");

    public static string UploadsPrefix(string runId) => $"{runId}/uploads/";

    public static BlobPath Upload(string runId, string provider, string sha256) => Of(runId, $"uploads/{provider}-{sha256[..16]}.json");

    /// <summary>Of a file that was deleted and is needed after all.</summary>
    public static BlobPath UploadAgain(string runId, string provider, string sha256) => BlobPath.Of(Runs, AgainOf(Upload(runId, provider, sha256).Name));

    /// <summary>The record's name of the same content, uploaded again.</summary>
    public static string AgainOf(string upload) => Path.ChangeExtension(upload, ".again.json");

    public static string JobsPrefix(string runId) => $"{runId}/jobs/";

    public static BlobPath Job(string runId, string candidate) => Of(runId, $"jobs/{candidate}.json");

    public static BlobPath JobIntent(string runId, string candidate) => Of(runId, $"jobs/{candidate}.intent.json");

    public static BlobPath Curve(string runId, string candidate) => Of(runId, $"metrics/{candidate}.csv");

    public static BlobPath Checkpoints(string runId, string candidate) => Of(runId, $"metrics/{candidate}.checkpoints.json");

    public static BlobPath Scores(string runId, string candidate) => Of(runId, $"metrics/{candidate}.json");

    public static string DeploymentsPrefix(string runId) => $"{runId}/deployments/";

    public static BlobPath Deployment(string runId, string candidate) => Of(runId, $"deployments/{candidate}.json");

    public static BlobPath Shots(string runId, string candidate) => Of(runId, $"prompts/{candidate}.json");

    public static string PredictionsPrefix(string runId, string candidate) => $"{runId}/predictions/{candidate}/";

    /// <summary>Of all checkpoints of a candidate.</summary>
    public static string CheckpointPredictionsPrefix(string runId, string candidate) => $"{runId}/predictions/{candidate}_";

    public static BlobPath Predictions(string runId, string candidate, int chunk) =>
        BlobPath.Of(Runs, $"{PredictionsPrefix(runId, candidate)}{chunk:D5}.jsonl{BlobStoreJson.PackedEnding}");

    /// <summary>Whether a file among predictions or answers holds some, and is no note beside them.</summary>
    public static bool HoldsAnswers(BlobPath path) =>
        path.Name.EndsWith(".jsonl", StringComparison.Ordinal) || path.Name.EndsWith($".jsonl{BlobStoreJson.PackedEnding}", StringComparison.Ordinal);

    public static BlobPath Baseline(string runId, string baseline, string file) =>
        BlobPath.Of(Runs, $"{BaselinesPrefix(runId)}{baseline}/{file}");

    public static string BaselinesPrefix(string runId) => $"{runId}/baselines/";

    public static BlobPath ContainerCost(string runId, string baseline) => Baseline(runId, baseline, "cost.json");

    public static BlobPath ContainerAdopted(string runId, string baseline) => Baseline(runId, baseline, "adopted.json");

    public static BlobPath Report(string runId, string extension) => Of(runId, $"report.{extension}");

    /// <summary>Rows whose label all good candidates doubt, in the drop's own columns: to be corrected and dropped again.</summary>
    public static BlobPath Suspects(string runId) => Of(runId, "suspects.csv");

    /// <summary>What a person has said of a row's label.</summary>
    public static BlobPath Correction(string runId, string row) => Of(runId, $"corrections/{row}.json");

    public static string CorrectionsPrefix(string runId) => $"{runId}/corrections/";

    public static BlobPath Champion(string project) => BlobPath.Of(Models, $"{project}/champion.json");

    /// <summary>The files of a version: what is needed to ask it, whatever becomes of the run that made it. The run's name is part of it
    /// so that two promotions at once cannot write over each other.</summary>
    public static string Version(string project, int version, string runId, string candidate) =>
        $"{Models}/{project}/v{version}/{runId}.{candidate}";

    /// <summary>Notifications; no project's name begins with an underscore.</summary>
    public static BlobPath Notification(string id) => BlobPath.Of(Models, $"_outbox/{id}.json");

    /// <summary>All notifications have a record below it.</summary>
    public const string Notifications = "_outbox/";

    /// <summary>The mark that those of earlier versions, which wrote no slips, have theirs.</summary>
    public static BlobPath NotificationsHaveSlips => BlobPath.Of(Models, "_outbox/slips.json");

    /// <summary>Slips of notifications that are not delivered yet, in the order in which they are due.</summary>
    public const string DueNotifications = "_outbox/due/";

    public static BlobPath DueNotification(DateTimeOffset due, string id) =>
        BlobPath.Of(Models, string.Create(CultureInfo.InvariantCulture, $"{DueNotifications}{due.UtcTicks:D19}-{id}.json"));

    /// <summary>Answers that are kept for a week under their caller's key.</summary>
    public static BlobPath Asked(string project, string key) => BlobPath.Of(Models, $"{project}/asked/{key}.json");

    /// <summary>Where the answers to a list of texts are kept one by one while it is asked.</summary>
    public static BlobPath AskedRows(string project, string key, string question) => BlobPath.Of(Models, $"{project}/asked/{key}/{question}");

    /// <summary>What became of the project's last night.</summary>
    public static BlobPath Night(string project) => BlobPath.Of(Models, $"{project}/night.json");

    /// <summary>That the project was moved to the stable split.</summary>
    public static BlobPath Split(string project) => BlobPath.Of(Models, $"{project}/split.json");

    /// <summary>Which new rows a retrain has tried already.</summary>
    public static BlobPath TriedRows(string project) => BlobPath.Of(Models, $"{project}/tried.json");

    /// <summary>The deployments that stand for the project's versions.</summary>
    public static BlobPath Serving(string project) => BlobPath.Of(Models, $"{project}/serving.json");

    /// <summary>What the project's versions were asked on a day.</summary>
    public static BlobPath Watch(string project, DateOnly day) => BlobPath.Of(Models, $"{project}/watch/{day:yyyy-MM-dd}.json");

    /// <summary>What the project's runs have taught about tokens a character.</summary>
    public static BlobPath Calibration(string project) => BlobPath.Of(Models, $"{project}/calibration.json");

    /// <summary>How fast encoders were trained on a machine.</summary>
    public static BlobPath MachineRate(string machine) => BlobPath.Of(Models, $"_machines/{machine}.json");

    public static BlobPath JobQueue(string provider) => BlobPath.Of(Models, $"_queues/{provider}.json");

    /// <summary>That a rerun was there and has been removed: its number is not given again. No project's name begins with an underscore.</summary>
    public static BlobPath RemovedRerun(string runId) => BlobPath.Of(Models, $"_removed/{runId}.json");

    /// <summary>Why a drop has started no run. No run's id begins with an underscore.</summary>
    public static BlobPath RefusedDrop(BlobPath drop) => BlobPath.Of(Runs, $"{RefusedPrefix(null)}{drop.Name}.json");

    public static string RefusedPrefix(string? project) => project is null ? "_refused/" : $"_refused/{project}/";

    /// <summary>A decision about labels of rows that judge.</summary>
    public static BlobPath HoldoutDecision(string project, string id) => Feedback(project, $"holdout/{id}.json");

    /// <summary>When processes of the host began, the last ones.</summary>
    public static BlobPath HostStarts => BlobPath.Of(Models, "_hosts/starts.json");

    public static BlobPath Feedback(string project, string name) => BlobPath.Of(FeedbackContainer, $"{project}/{name}");

    /// <summary>A file of a run by its path inside the run's folder, as a user gives it.</summary>
    /// <exception cref="Core.Failures.FlowException">InvalidInput: leaves the folder.</exception>
    public static BlobPath Artifact(string runId, string path) => Of(runId, path);

    private static BlobPath Of(string runId, string file) => BlobPath.Of(Runs, $"{runId}/{file}");
}
