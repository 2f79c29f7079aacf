using System.Collections.Concurrent;
using FineTuneFlow.Simulator.Faults;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>Takes jobs through their states. Begins again with every unfinished job when the process starts.</summary>
internal sealed class JobRunner(
    SimulatorOptions options,
    TimeProvider clock,
    JobStore jobs,
    JobTrainer trainer,
    JobEvents events,
    FaultInjector faults,
    WebhookSender webhooks,
    ILogger<JobRunner> log) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _stops = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _workers = new(options.Workers);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private bool _disposed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (FineTuningJob job in Enumerable.Reverse(jobs.All()).Where(job => !job.IsOver && job.Status != JobStatus.Paused))
        {
            if (job.Status == JobStatus.Running)
            {
                jobs.Change(job.Id, before => before with { Status = JobStatus.Queued }, first: _ =>
                {
                    events.DropMetrics(job.Id);
                    events.Message(job.Id, "The service was restarted; training begins again", "warn");
                });
            }

            Start(job.Id);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    /// <summary>Begins, or goes on with, a job.</summary>
    public void Start(string id)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        _stops[id] = stop;
        var task = Task.Run(() => RunAsync(id, stop.Token), CancellationToken.None);
        _running[task] = 0;
        task.ContinueWith(done =>
        {
            _running.TryRemove(done, out _);
            _stops.TryRemove(KeyValuePair.Create(id, stop));
        }, TaskScheduler.Default);
    }

    /// <summary>Ends the work on a job whose status has been changed from outside.</summary>
    public void Stop(string id)
    {
        if (_stops.TryRemove(id, out CancellationTokenSource? stop))
        {
            stop.Cancel();
        }
    }

    public void Announce(FineTuningJob job) => webhooks.Send($"fine_tuning.job.{job.Status}", job.Id);

    public void Dispose()
    {
        // The container knows it twice, as itself and as hosted service.
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            _end.Cancel();
            _end.Dispose();
            _workers.Dispose();
        }
    }

    private async Task RunAsync(string id, CancellationToken ct)
    {
        try
        {
            if (jobs.Get(id).Status == JobStatus.Validating)
            {
                await Task.Delay(options.Simulated(options.ValidateFor), clock, ct);
                Validate(id, ct);
            }

            await Task.Delay(options.Simulated(options.QueueFor), clock, ct);
            await _workers.WaitAsync(ct);
            try
            {
                await TrainAsync(id, ct);
            }
            finally
            {
                _workers.Release();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Cancelled, paused or shut down: whoever did it has set the status.
        }
        catch (TrainingFileException e)
        {
            bool validation = e.Code.Contains("validation", StringComparison.Ordinal);
            Fail(id, new JobError(e.Code, e.Message, validation ? "validation_file" : "training_file"));
        }
        catch (Exception e)
        {
            log.LogError(e, "Job {Job} ended in an error of the simulator", id);
            Fail(id, new JobError("server_error", "The job failed due to an internal error.", Param: null));
        }
    }

    private void Validate(string id, CancellationToken ct)
    {
        FineTuningJob job = jobs.Get(id);
        BaseModel model = BaseModels.Find(job.BaseModel)!;
        int examples = trainer.ReadFile(job.TrainingFile, "training", model, ct).Count;
        if (job.ValidationFile is not null)
        {
            trainer.ReadFile(job.ValidationFile, "validation", model, ct);
        }

        ct.ThrowIfCancellationRequested();
        jobs.Change(
            id,
            // Paused meanwhile, it stays so.
            before => before.Status == JobStatus.Validating
                ? before with { Status = JobStatus.Queued, Validated = true, Hyperparameters = before.Hyperparameters.Resolve(examples, model) }
                : before,
            first: after =>
            {
                if (after.Status == JobStatus.Queued)
                {
                    events.Message(id, "Files validated, moving job to queued state");
                }
            });
    }

    private async Task TrainAsync(string id, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (jobs.Change(id, before => before with { Status = JobStatus.Running }) is not { Status: JobStatus.Running } job)
        {
            return;
        }

        events.Message(id, "Fine-tuning job started");
        Task least = Task.Delay(options.Simulated(options.TrainFor), clock, ct);
        FineTuningJob trained = await Task.Factory.StartNew(
            () => trainer.Train(job, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await least;
        if (faults.ForJob() is { } error)
        {
            Fail(id, error);
            return;
        }

        FineTuningJob? done = jobs.Change(id, _ => trained, first: _ =>
        {
            events.Message(id, $"New fine-tuned model created: {trained.FineTunedModel}");
            events.Message(id, "The job has successfully completed");
        });
        if (done is { Status: JobStatus.Succeeded })
        {
            Announce(done);
        }
    }

    private void Fail(string id, JobError error)
    {
        FineTuningJob? failed = jobs.Change(id, before => before with
        {
            Status = JobStatus.Failed,
            Error = error,
            FinishedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
        }, first: _ => events.Message(id, error.Message, "error"));
        if (failed is { Status: JobStatus.Failed })
        {
            Announce(failed);
        }
    }
}
