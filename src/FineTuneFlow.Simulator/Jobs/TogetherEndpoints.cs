using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Services;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary><c>/fine-tunes</c> as Together documents it: other states and fields, absolute rates, neither seed nor metadata, continuation
/// by the id of a job.</summary>
internal sealed class TogetherEndpoints(JobStore jobs, JobRunner runner, JobEvents events, FileStore files, ModelStore models, TimeProvider clock)
{
    private static readonly HashSet<string> Known =
    [
        "model", "training_file", "validation_file", "suffix", "n_epochs", "n_checkpoints", "n_evals", "batch_size", "learning_rate", "lr_scheduler",
        "warmup_ratio", "max_grad_norm", "weight_decay", "training_method", "training_type", "from_checkpoint", "from_hf_model", "train_on_inputs",
        "wandb_api_key", "wandb_base_url", "wandb_project_name", "wandb_name", "hf_api_token", "hf_model_revision", "hf_output_repo_name",
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/fine-tunes", Create);
        routes.MapGet("/fine-tunes", List);
        routes.MapGet("/fine-tunes/{id}", http => ApiWriter.WriteAsync(http, ToJson(Own(http))));
        routes.MapGet("/fine-tunes/{id}/events", Events);
        routes.MapGet("/fine-tunes/{id}/checkpoints", Checkpoints);
        routes.MapPost("/fine-tunes/{id}/cancel", Cancel);
    }

    private async Task Create(HttpContext http)
    {
        JsonElement body = await RequestBody.ObjectAsync(http);
        KnownFields.Check(body, Known);
        SimulatedService service = http.Service();
        StoredFile training = JobRequest.File(files, body.RequiredString("training_file"), "training_file");
        StoredFile? validation = body.OptionalString("validation_file") is { } id ? JobRequest.File(files, id, "validation_file") : null;
        string model = Continued(body) ?? body.RequiredString("model");
        (string trained, string baseModel) = JobRequest.Model(model, models);
        JsonElement batch = body.TryGetProperty("batch_size", out JsonElement given) ? given : default;
        FineTuningJob job = jobs.Create(new FineTuningJob
        {
            Id = State.Ids.New("ft-"),
            Model = trained,
            BaseModel = baseModel,
            TrainingFile = training.Id,
            ValidationFile = validation?.Id,
            Suffix = JobRequest.Suffix(body, 64),
            Seed = Convert.ToUInt32(files.TextHash(training)[..7], 16),
            Hyperparameters = new Hyperparameters(
                (int?)Hyperparameters.Number(body, "", "n_epochs", 1, 20, whole: true),
                batch.ValueKind == JsonValueKind.String && batch.ValueEquals("max") ? null : (int?)Hyperparameters.Number(body, "", "batch_size", 1, 256, whole: true),
                service.Multiplier(Hyperparameters.Number(body, "", "learning_rate", double.Epsilon, 0.1, whole: false))),
            Service = service.Name,
            CreatedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
            Order = 0,
            Status = JobStatus.Validating,
        });
        events.Message(job.Id, "Fine tune request created");
        runner.Start(job.Id);
        await ApiWriter.WriteAsync(http, ToJson(job));
    }

    /// <summary>The model of <c>from_checkpoint</c>: a job's id, with a step after a colon for one of its checkpoints, or a model's name.</summary>
    private string? Continued(JsonElement body)
    {
        if (body.OptionalString("from_checkpoint") is not { } from)
        {
            return null;
        }

        string[] parts = from.Split(':');
        if (jobs.Find(parts[0]) is not { } job)
        {
            return from;
        }

        string? model = parts.Length == 1 ? job.FineTunedModel : job.Checkpoints.FirstOrDefault(one => one.Step.ToString(System.Globalization.CultureInfo.InvariantCulture) == parts[1])?.Model;
        return model ?? throw ApiException.Invalid("from_checkpoint", $"The job {parts[0]} has no such checkpoint.");
    }

    private Task List(HttpContext http) =>
        ApiWriter.WriteAsync(http, new JsonObject { ["data"] = new JsonArray([.. jobs.All().Where(job => job.Service == http.Service().Name).Select(ToJson)]) });

    private Task Events(HttpContext http)
    {
        FineTuningJob job = Own(http);
        return ApiWriter.WriteAsync(http, new JsonObject
        {
            ["data"] = new JsonArray([.. Enumerable.Reverse(events.Of(job.Id)).Select(one => new JsonObject
            {
                ["object"] = "fine-tune-event",
                ["created_at"] = Iso(one.CreatedAt),
                ["level"] = one.Level,
                ["message"] = one.Message,
                ["type"] = one.Type == "metrics" ? "training_progress" : "job_status",
                ["step"] = one.Metrics?.Step ?? 0,
                ["total_steps"] = one.Metrics?.TotalSteps ?? 0,
            })]),
        });
    }

    private Task Checkpoints(HttpContext http) => ApiWriter.WriteAsync(http, new JsonObject
    {
        ["data"] = new JsonArray([.. Own(http).Checkpoints.Select(one => new JsonObject
        {
            ["step"] = one.Step,
            ["path"] = one.Model,
            ["created_at"] = Iso(one.CreatedAt),
            ["checkpoint_type"] = "Intermediate",
        })]),
    });

    private Task Cancel(HttpContext http)
    {
        FineTuningJob? moved = jobs.Change(
            Own(http).Id,
            job => job.IsOver
                ? throw new ApiException(400, $"Job {job.Id} is {job.Status}: it cannot be cancelled.")
                : job with { Status = JobStatus.Cancelled, FinishedAt = clock.GetUtcNow().ToUnixTimeSeconds() },
            first: job => events.Message(job.Id, "Job was cancelled"));
        runner.Stop(moved!.Id);
        return ApiWriter.WriteAsync(http, ToJson(moved));
    }

    private FineTuningJob Own(HttpContext http) => jobs.Get(http.RouteId(), http.Service());

    private static JsonObject ToJson(FineTuningJob job)
    {
        SimulatedService service = SimulatedServices.Named(job.Service);
        var json = new JsonObject
        {
            ["id"] = job.Id,
            ["status"] = job.Status switch
            {
                JobStatus.Validating => "pending",
                JobStatus.Succeeded => "completed",
                JobStatus.Failed => "error",
                _ => job.Status,
            },
            ["model"] = job.Model,
            // Given from the beginning, before there is a model.
            ["model_output_name"] = job.FineTunedModel ?? $"ft:{job.BaseModel}:{job.Suffix}",
            ["training_file"] = job.TrainingFile,
            ["validation_file"] = job.ValidationFile ?? "",
            ["suffix"] = job.Suffix,
            ["n_epochs"] = job.Hyperparameters.Epochs,
            ["batch_size"] = job.Hyperparameters.BatchSize is { } size ? size : "max",
            ["learning_rate"] = job.Hyperparameters.LearningRateMultiplier * service.RateOfOne,
            ["created_at"] = Iso(job.CreatedAt),
            ["updated_at"] = Iso(job.FinishedAt ?? job.CreatedAt),
            ["token_count"] = job.TrainedTokens,
            ["total_price"] = null,
        };
        if (job.Error is { } error)
        {
            json["error"] = error.Message;
        }

        return json;
    }

    private static string Iso(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ");
}
