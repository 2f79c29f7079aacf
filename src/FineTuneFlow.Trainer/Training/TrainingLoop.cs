using FineTuneFlow.Core.Training;
using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Networks;

namespace FineTuneFlow.Trainer.Training;

/// <summary>Trains through all epochs: curve, validation after each, the best kept, an early stop, states to go on from.</summary>
internal sealed class TrainingLoop(
    EncoderNetwork network,
    IReadOnlyList<TrainingRow> rows,
    IReadOnlyList<TrainingRow> validation,
    TrainingOptions options,
    int padding,
    TrainingCheckpoints checkpoints,
    TimeProvider clock,
    Func<int, int, Task> report)
{
    private const int PointsOfCurve = 200;

    /// <summary>Trains, or goes on with what an interrupted execution has left. Afterwards the network holds the best epoch's weights.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop; the state is kept.</exception>
    /// <exception cref="Core.Failures.FlowException">JobFailed: the loss is not a number any more.</exception>
    /// <exception cref="MemoryShortageException">A single row does not fit.</exception>
    public async Task<TrainingState> RunAsync(CancellationToken cancellation)
    {
        using var optimiser = new AdamW(network.Parameters, options.Decay);
        var scaler = new LossScaler(network.Precision == Precision.Half);
        TrainingState state = await checkpoints.RestoreAsync(network, optimiser, cancellation);
        if (state.Step > 0)
        {
            scaler.Restore(state.LossScale, state.GoodSteps);
        }

        var step = new TrainingStep(network, optimiser, scaler, rows, options, padding, ClassWeights(), state.Parts);
        int perEpoch = (rows.Count + options.BatchSize - 1) / options.BatchSize;
        int total = perEpoch * options.Epochs;
        var rate = new LearningRate(options.RateFor(network.Config.Hidden), total, options.WarmUp);
        int betweenPoints = Math.Max(1, total / PointsOfCurve);
        long started = clock.GetTimestamp();
        long saved = started;
        double before = state.Seconds;
        while (!state.Ended)
        {
            List<int[]> batches = LengthBuckets.Epoch(rows, options.BatchSize, options.Seed, state.Epoch);
            while (state.Batch < batches.Count)
            {
                if (cancellation.IsCancellationRequested)
                {
                    await checkpoints.SaveAsync(state, network, optimiser);
                    throw new OperationCanceledException(cancellation);
                }

                int[] batch = batches[state.Batch];
                (double loss, int right, bool taken) = step.Run(batch, rate.At(state.Step + 1), state.Step + 1);
                state = Counted(state, step, scaler, batch, loss, right, taken, before + clock.GetElapsedTime(started).TotalSeconds);
                if (state.Step % betweenPoints == 0)
                {
                    state = Point(state, null);
                }

                await report(state.Step, total);
                if (clock.GetElapsedTime(saved).TotalSeconds >= options.CheckpointSeconds)
                {
                    state = await checkpoints.SaveAsync(state, network, optimiser);
                    saved = clock.GetTimestamp();
                }
            }

            try
            {
                state = await EndEpochAsync(state, cancellation);
            }
            catch (OperationCanceledException)
            {
                // The epoch's batches are done; the next execution begins with its validation.
                await checkpoints.SaveAsync(state, network, optimiser);
                throw;
            }

            state = state with { Seconds = before + clock.GetElapsedTime(started).TotalSeconds };
            state = await checkpoints.SaveAsync(state, network, optimiser);
            saved = clock.GetTimestamp();
        }

        await checkpoints.LoadBestAsync(state, network, cancellation);
        return state;
    }

    private TrainingState Counted(TrainingState state, TrainingStep step, LossScaler scaler, int[] batch, double loss, int right, bool taken, double seconds) => state with
    {
        Step = state.Step + 1,
        Batch = state.Batch + 1,
        OptimiserSteps = state.OptimiserSteps + (taken ? 1 : 0),
        Parts = step.Parts,
        LossScale = scaler.Scale,
        GoodSteps = scaler.GoodSteps,
        Seconds = seconds,
        Tokens = state.Tokens + batch.Sum(row => (long)rows[row].Pieces.Length),
        Running = new RunningLoss(state.Running.Loss + (loss * batch.Length), state.Running.Right + right, state.Running.Rows + batch.Length),
    };

    /// <summary>Validates, keeps the weights where they are the best so far, and says whether it goes on.</summary>
    private async Task<TrainingState> EndEpochAsync(TrainingState state, CancellationToken cancellation)
    {
        ValidationScore? score = validation.Count == 0
            ? null
            : ValidationScore.Of(Answers.Logits(network, validation, padding, cancellation), [.. validation.Select(row => row.Label)]);
        state = Point(state, score);
        bool better = score is null || score.IsBetterThan(state.Best);
        if (better)
        {
            state = (await checkpoints.SaveBestAsync(state, network)) with { Best = score, BestEpoch = state.Epoch, EpochsWithoutGain = 0 };
        }
        else
        {
            state = state with { EpochsWithoutGain = state.EpochsWithoutGain + 1 };
        }

        int next = state.Epoch + 1;
        return state with { Epoch = next, Batch = 0, Ended = next >= options.Epochs || state.EpochsWithoutGain >= options.Patience };
    }

    private static TrainingState Point(TrainingState state, ValidationScore? score)
    {
        RunningLoss running = state.Running;
        if (running.Rows == 0 && score is null)
        {
            return state;
        }

        bool sameStep = state.Curve is [.., var last] && last.Step == state.Step;
        TrainingPoint point = sameStep
            ? state.Curve[^1] with { ValidLoss = score?.Loss, ValidAccuracy = score?.Accuracy }
            : new TrainingPoint(state.Step, running.Loss / running.Rows, (double)running.Right / running.Rows, score?.Loss, score?.Accuracy);
        return state with { Curve = (sameStep ? state.Curve.RemoveAt(state.Curve.Length - 1) : state.Curve).Add(point), Running = new RunningLoss(0, 0, 0) };
    }

    private float[] ClassWeights()
    {
        int classes = network.Config.Labels.Length;
        if (options.ClassWeights == ClassWeighting.None)
        {
            return [.. Enumerable.Repeat(1f, classes)];
        }

        int[] counts = new int[classes];
        foreach (TrainingRow row in rows)
        {
            counts[row.Label]++;
        }

        return [.. counts.Select(count => count == 0 ? 1f : (float)rows.Count / (classes * count))];
    }
}
