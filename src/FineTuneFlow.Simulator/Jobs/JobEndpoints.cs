using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Faults;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary><c>/fine_tuning/jobs</c>.</summary>
internal sealed class JobEndpoints(
    JobStore jobs, JobRunner runner, JobEvents events, FileStore files, ModelStore models, Shutdowns shutdowns, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/fine_tuning/jobs", Create);
        routes.MapGet("/fine_tuning/jobs", List);
        routes.MapGet("/fine_tuning/jobs/{id}", http => Answer(http, Own(http)));
        routes.MapGet("/fine_tuning/jobs/{id}/events", Events);
        routes.MapGet("/fine_tuning/jobs/{id}/checkpoints", Checkpoints);
        routes.MapPost("/fine_tuning/jobs/{id}/cancel", Cancel);
        routes.MapPost("/fine_tuning/jobs/{id}/pause", Pause);
        routes.MapPost("/fine_tuning/jobs/{id}/resume", Resume);
    }

    private static Task Answer(HttpContext http, FineTuningJob job, int status = 200) =>
        ApiWriter.WriteAsync(http, JobDocument.Of(job, AnswerShape.Of(http)), status);

    private async Task Create(HttpContext http)
    {
        if (!http.Service().Trains)
        {
            throw new ApiException(400, "Supervised fine-tuning is not available here; create a reinforcement fine-tuning job with a grader.", "unsupported_method", "method");
        }

        FineTuningJob job = JobRequest.Read(await RequestBody.ObjectAsync(http), http.Service(), files, models, clock);
        shutdowns.Check(job.Model);
        job = jobs.Create(job);
        events.Message(job.Id, $"Created fine-tuning job: {job.Id}");
        events.Message(job.Id, $"Validating training file: {job.TrainingFile}");
        runner.Start(job.Id);
        await Answer(http, job, http.IsAzure() ? 201 : 200);
    }

    private Task List(HttpContext http)
    {
        IEnumerable<FineTuningJob> all = jobs.All().Where(job => job.Service == http.Service().Name);
        foreach ((string key, Microsoft.Extensions.Primitives.StringValues value) in http.Request.Query)
        {
            // Azure knows no such filter, and ignores it; nor do services that keep no metadata.
            if (!http.IsAzure() && http.Service().KeepsMetadata && key.StartsWith("metadata[", StringComparison.Ordinal) && key.EndsWith(']'))
            {
                string name = key["metadata[".Length..^1];
                all = all.Where(job => job.Metadata.TryGetValue(name, out string? held) && held == value);
            }
        }

        if (http.Request.Query["metadata"] == "null")
        {
            all = all.Where(job => job.Metadata.IsEmpty);
        }

        (List<FineTuningJob> page, bool more) = Paging.Of(http, 20, 100).Take([.. all], job => job.Id);
        return ApiWriter.WriteAsync(http, ApiWriter.Page(page.Select(job => JobDocument.Of(job, AnswerShape.Of(http))), more));
    }

    private Task Events(HttpContext http)
    {
        FineTuningJob job = Own(http);
        List<JobEvent> newestFirst = [.. Enumerable.Reverse(events.Of(job.Id))];
        if (AnswerShape.Of(http).ShuffledEvents)
        {
            // By the ids' last characters, which say nothing about time, so that pages fit together while events are added.
            newestFirst = [.. newestFirst.OrderBy(e => string.Concat(e.Id.Reverse()), StringComparer.Ordinal)];
        }

        (List<JobEvent> page, bool more) = Paging.Of(http, 20, 100).Take(newestFirst, e => e.Id);
        return ApiWriter.WriteAsync(http, ApiWriter.Page(page.Select(e => e.ToJson()), more));
    }

    private Task Checkpoints(HttpContext http)
    {
        FineTuningJob job = Own(http);
        List<JobCheckpoint> newestFirst = [.. Enumerable.Reverse(job.Checkpoints)];
        (List<JobCheckpoint> page, bool more) = Paging.Of(http, 10, 100).Take(newestFirst, checkpoint => checkpoint.Id);
        return ApiWriter.WriteAsync(http, ApiWriter.Page(page.Select(checkpoint => ToJson(checkpoint, job.Id)), more));
    }

    private static JsonObject ToJson(JobCheckpoint checkpoint, string job) => new()
    {
        ["object"] = "fine_tuning.job.checkpoint",
        ["id"] = checkpoint.Id,
        ["created_at"] = checkpoint.CreatedAt,
        ["fine_tuned_model_checkpoint"] = checkpoint.Model,
        ["fine_tuning_job_id"] = job,
        ["step_number"] = checkpoint.Step,
        ["metrics"] = new JsonObject
        {
            ["step"] = checkpoint.Step,
            ["train_loss"] = checkpoint.TrainLoss,
            ["train_mean_token_accuracy"] = checkpoint.TrainAccuracy,
            ["full_valid_loss"] = checkpoint.ValidLoss,
            ["full_valid_mean_token_accuracy"] = checkpoint.ValidAccuracy,
        },
    };

    private Task Cancel(HttpContext http)
    {
        FineTuningJob job = Move(http, JobStatus.Cancelled, "cancel", "The job was cancelled");
        runner.Stop(job.Id);
        runner.Announce(job);
        return Answer(http, job);
    }

    private Task Pause(HttpContext http)
    {
        FineTuningJob job = Move(http, JobStatus.Paused, "pause", "The job was paused");
        runner.Stop(job.Id);
        return Answer(http, job);
    }

    private Task Resume(HttpContext http)
    {
        if (Own(http).Status != JobStatus.Paused)
        {
            throw Refused(jobs.Get(http.RouteId()), "resume");
        }

        // Paused before its files were looked at, it begins with them.
        FineTuningJob job = Move(http, Own(http).Validated ? JobStatus.Queued : JobStatus.Validating, "resume", "The job was resumed");
        runner.Start(job.Id);
        return Answer(http, job);
    }

    /// <summary>A service knows the jobs that were created there.</summary>
    private FineTuningJob Own(HttpContext http) => jobs.Get(http.RouteId(), http.Service());

    private FineTuningJob Move(HttpContext http, string status, string verb, string message)
    {
        Own(http);
        FineTuningJob Moved(FineTuningJob job) => job.Status == status || job.IsOver
            ? throw Refused(job, verb)
            : job with { Status = status, FinishedAt = JobStatus.IsTerminal(status) ? clock.GetUtcNow().ToUnixTimeSeconds() : null };
        FineTuningJob? moved = jobs.Change(http.RouteId(), Moved, first: job =>
        {
            if (status is JobStatus.Queued or JobStatus.Validating)
            {
                // A paused training begins again.
                events.DropMetrics(job.Id);
            }

            events.Message(job.Id, message);
        });
        return moved ?? throw Refused(jobs.Get(http.RouteId()), verb);
    }

    private static ApiException Refused(FineTuningJob job, string verb) =>
        new(400, $"Job {job.Id} is {job.Status}: it cannot {verb}.", "invalid_job_status");
}
