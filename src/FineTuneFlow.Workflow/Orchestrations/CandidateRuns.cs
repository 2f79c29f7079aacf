using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>All candidates and baselines of a run, side by side; a continuation waits for what it continues. One that fails does
/// not stop the others. Part of <see cref="FineTuneRun"/>'s own code, so it is replayed with it.</summary>
internal sealed class CandidateRuns(
    IOrchestrationContext context,
    RunInput input,
    RunPlan plan,
    PreparedData data,
    QuoteSummary quote,
    EvaluationPlan evaluation,
    RunJournal journal,
    CancellationToken stop)
{
    private readonly DateTimeOffset _deadline = journal.StartedAt.AddHours(input.DeadlineHours);

    private readonly Dictionary<string, Task<TrainedModel>> _trained = [];
    private readonly Dictionary<(string Provider, string Form), Task<TrainingFiles>> _uploads = [];
    private readonly Dictionary<string, double> _reserved = [];

    public Task<CandidateResult[]> AllAsync()
    {
        var all = new List<Task<CandidateResult>>();
        foreach (PlannedCandidate candidate in plan.Candidates)
        {
            if (candidate.Trains)
            {
                _trained[candidate.Name] = TrainAsync(candidate);
            }

            all.Add(JudgeAsync(candidate));
        }

        all.AddRange(plan.Baselines.Select(BaselineAsync));
        return Task.WhenAll(all);
    }

    private async Task<TrainedModel> TrainAsync(PlannedCandidate candidate)
    {
        string? from = candidate.ContinueModel;
        if (candidate.ContinueFrom is { } name)
        {
            try
            {
                from = (await _trained[name]).Model;
            }
            catch (Exception error) when (FailureOf(error) is { } failure)
            {
                throw new FlowException(failure with { Message = $"{name}, which {candidate.Name} continues, failed: {failure.Message}" });
            }
        }

        Reserve(candidate.Name, quote.HighByCandidate.GetValueOrDefault(candidate.Name), "train");
        TrainingFiles files = candidate.NewRowsOnly ? await UploadNew(candidate) : await Upload(candidate.Provider, candidate.Form);
        journal.Move(candidate.Name, CandidateState.Training);
        TrainedModel model = await context.CallAsync(
            Flows.TrainCandidate,
            new TrainCandidateInput(input.RunId, candidate, from, files, _deadline),
            Flows.TrainId(input.RunId, candidate.Name));
        journal.Trained(candidate.Name, model);
        _reserved[candidate.Name] = quote.AskingByCandidate.GetValueOrDefault(candidate.Name);
        return model;
    }

    /// <summary>The budget is a hard stop before every stage that costs: what is spent, what runs now and what this may cost at the
    /// most must fit into it. Reserved until <see cref="Release"/>.</summary>
    private void Reserve(string name, double most, string what)
    {
        _reserved.Remove(name);
        double others = _reserved.Values.Sum();
        if (journal.CountedUsd + others + most > plan.BudgetUsd)
        {
            throw new FlowException(
                FailureKind.BudgetExceeded,
                $"To {what} {name} may cost {most:0.00} USD; of the budget of {plan.BudgetUsd:0.00} USD {journal.CountedUsd:0.00} is spent and "
                + $"{others:0.00} reserved for what runs",
                "Raise budget.usd and rerun");
        }

        _reserved[name] = most;
    }

    private void Release(string name) => _reserved.Remove(name);

    /// <summary>Candidates with the same provider and form share one upload.</summary>
    private Task<TrainingFiles> Upload(string provider, string form)
    {
        if (!_uploads.TryGetValue((provider, form), out Task<TrainingFiles>? files))
        {
            _uploads[(provider, form)] = files = UploadBoth(provider, form);
        }

        return files;
    }

    private async Task<TrainingFiles> UploadNew(PlannedCandidate candidate)
    {
        DatasetFile rows = await context.CallAsync(
            Steps.SelectNewRows, new SelectNewRowsInput(input.RunId, candidate, data.File(candidate.Form, Core.Datasets.Split.Train)));
        Task<string> train = UploadOne(candidate.Provider, rows);
        Task<string> validation = UploadOne(candidate.Provider, data.File(candidate.Form, Core.Datasets.Split.Validation));
        return new TrainingFiles(await train, await validation);
    }

    private async Task<TrainingFiles> UploadBoth(string provider, string form)
    {
        Task<string> train = UploadOne(provider, data.File(form, Core.Datasets.Split.Train));
        Task<string> validation = UploadOne(provider, data.File(form, Core.Datasets.Split.Validation));
        return new TrainingFiles(await train, await validation);
    }

    private async Task<string> UploadOne(string provider, DatasetFile file)
    {
        UploadedFile uploaded = await context.CallPatientlyAsync(
            Steps.UploadFile, new UploadFileInput(input.RunId, provider, file), refused => WaitAsync(refused, provider));
        TimeSpan wait = TimeSpan.FromSeconds(2);
        DateTimeOffset? missingSince = null;
        while (await context.CallPatientlyAsync(Steps.CheckFile, uploaded, refused => WaitAsync(refused, provider)) is { Ready: false } seen)
        {
            missingSince = seen.Missing is null ? null : missingSince ?? context.UtcNow;
            if (context.UtcNow - missingSince >= LongWaits.ShowingTime)
            {
                throw new FlowException(seen.Missing!);
            }

            await context.Delay(wait, stop);
            wait = TimeSpan.FromSeconds(Math.Min(60, wait.TotalSeconds * 1.5));
        }

        return uploaded.FileId;
    }

    /// <summary>Shown with the run's stage, since no instance of its own waits.</summary>
    private async Task WaitAsync(StepFailedException refused, string provider)
    {
        DateTimeOffset until = context.Until(refused.Failure, provider, _deadline);
        journal.Wait(LongWaits.Shown(provider, until));
        await context.DelayUntil(until, stop);
        journal.Wait(null);
    }

    private async Task<CandidateResult> JudgeAsync(PlannedCandidate candidate)
    {
        TrainedModel? model = null;
        ImmutableArray<CheckpointReport> tried = [];
        try
        {
            if (candidate.Trains)
            {
                model = await _trained[candidate.Name];
            }

            Reserve(candidate.Name, quote.AskingByCandidate.GetValueOrDefault(candidate.Name), "evaluate");
            journal.Move(candidate.Name, CandidateState.Evaluating);
            var trial = new CheckpointTrial(context, input.RunId, journal, _deadline);
            if (candidate.TriesCheckpoints)
            {
                tried = await trial.ChooseAsync(candidate, model!);
                model = model! with { Model = tried.First(one => one.Chosen).Model };
            }

            CandidateScore score = await context.CallAsync(
                Flows.EvaluateCandidate,
                new EvaluateCandidateInput(input.RunId, candidate, model?.Model ?? candidate.ContinueModel ?? candidate.Model, evaluation, _deadline),
                Flows.EvaluateId(input.RunId, candidate.Name));
            journal.Judged(candidate.Name, score);
            if (score.InBatchesOnly)
            {
                journal.Note($"{candidate.Name}: the service answers its model in batches only, so it was asked in batches, at their price, although the recipe asks one by one");
            }

            if (candidate.Checkpoints == CheckpointUse.All)
            {
                tried = await trial.JudgeOthersAsync(candidate, tried, evaluation, score.Accuracy);
            }

            return new CandidateResult(candidate.Name, candidate.Kind, model, score, null, tried);
        }
        catch (Exception error) when (FailureOf(error) is { } failure)
        {
            journal.Failed(candidate.Name, failure);
            return new CandidateResult(candidate.Name, candidate.Kind, model, null, failure, tried);
        }
        finally
        {
            Release(candidate.Name);
        }
    }

    private async Task<CandidateResult> BaselineAsync(PlannedBaseline baseline)
    {
        OutcomeKind kind = baseline.Champion is not null ? OutcomeKind.Champion : baseline.Kind.Outcome();
        try
        {
            Reserve(baseline.Name, quote.HighByCandidate.GetValueOrDefault(baseline.Name), "train");
            journal.Move(baseline.Name, baseline.Champion is null ? CandidateState.Training : CandidateState.Evaluating);
            CandidateScore score = baseline.Champion is { } champion
                ? await context.CallAsync(Steps.JudgeOwnChampion, new JudgeOwnChampionInput(input.RunId, baseline.Name, champion))
                : baseline.Kind == BaselineKind.Linear
                ? await context.CallAsync(Steps.TrainLinearBaseline, new LinearBaselineInput(input.RunId, baseline.Name))
                : await context.CallAsync(
                    Flows.ContainerBaseline,
                    new ContainerBaselineInput(input.RunId, baseline.Name),
                    Flows.BaselineId(input.RunId, baseline.Name));
            journal.Judged(baseline.Name, score);
            return new CandidateResult(baseline.Name, kind, null, score, null);
        }
        catch (Exception error) when (FailureOf(error) is { } failure)
        {
            journal.Failed(baseline.Name, failure);
            return new CandidateResult(baseline.Name, kind, null, null, failure);
        }
        finally
        {
            Release(baseline.Name);
        }
    }

    private static Failure? FailureOf(Exception error) => error switch
    {
        StepFailedException step => step.Failure,
        FlowException flow => flow.Failure,
        _ => null,
    };
}

/// <summary>What a candidate or baseline came to, as far as the history needs to know.</summary>
/// <param name="Name">Candidate or baseline.</param>
/// <param name="Trained">Its model, a chosen checkpoint's where one was chosen; null where none was trained.</param>
/// <param name="Score">On the holdout; null with a failure.</param>
/// <param name="Failure">Why it was not judged.</param>
/// <param name="Checkpoints">Those that it was chosen from; null: none were tried.</param>
public sealed record CandidateResult(
    string Name, OutcomeKind Kind, TrainedModel? Trained, CandidateScore? Score, Failure? Failure, ImmutableArray<CheckpointReport>? Checkpoints = null)
{
    public bool IsBaseline => Kind.IsOwn() || Kind == OutcomeKind.Champion;
}
