using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Services;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>The training of one job, on the calling thread.</summary>
internal sealed class JobTrainer(FileStore files, ModelStore models, JobEvents events, TimeProvider clock)
{
    private const int MaximumMetricsEvents = 200;
    private const int ManyAnswers = 20;

    /// <summary>Tokens besides the label's that the service's accuracy counts, and that every model gets right.</summary>
    private const int HiddenTokens = 2;

    /// <summary>Trains, stores the models and the result file, and gives back the job as it stands after success.</summary>
    public FineTuningJob Train(FineTuningJob job, CancellationToken ct)
    {
        BaseModel baseModel = BaseModels.Find(job.BaseModel)!;
        List<TrainingExample> training = ReadFile(job.TrainingFile, "training", baseModel, ct);
        List<TrainingExample> validation = job.ValidationFile is null ? [] : ReadFile(job.ValidationFile, "validation", baseModel, ct);
        TrainingSet set = TrainingSet.Of(training, validation, baseModel.Family);
        LoadedModel? from = BaseModels.Find(job.Model) is null ? models.Load(job.Model) : null;
        Hyperparameters parameters = job.Hyperparameters;
        var trainer = new LinearTrainer(set.Rows, Options(job, baseModel, set), set.Validation, from?.Classifier, ct)
        {
            ValidateEvery = Math.Max(1, set.Rows.Count / parameters.BatchSize!.Value / 40),
        };
        int total = trainer.StepsPerEpoch * parameters.Epochs!.Value;
        int every = Math.Max(1, total / MaximumMetricsEvents);
        var csv = new StringBuilder("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n");
        string ending = set.PromptEnding.Length > 0 ? set.PromptEnding : from?.Model.PromptEnding ?? "";
        ImmutableArray<JobCheckpoint>.Builder checkpoints = ImmutableArray.CreateBuilder<JobCheckpoint>();
        string final = NameOf(job);
        for (int epoch = 1; epoch <= parameters.Epochs; epoch++)
        {
            var last = new TrainingPoint(0, 0, 0, null, null);
            trainer.RunEpoch(point =>
            {
                last = AsTokens(point, set.LabelTokens);
                AppendLine(csv, last);
                if (point.Step % every == 0 && point.Step % trainer.StepsPerEpoch != 0)
                {
                    events.Metrics(job.Id, Metrics(last, total, full: null));
                }
            }, ct);
            (double? loss, double? accuracy) = trainer.Validate();
            TrainingPoint full = AsTokens(new TrainingPoint(trainer.Step, null, null, loss, accuracy), set.LabelTokens);
            events.Metrics(job.Id, Metrics(last, total, full));
            bool isFinal = epoch == parameters.Epochs;
            string name = isFinal ? final : $"{final}:ckpt-step-{trainer.Step}";
            long now = clock.GetUtcNow().ToUnixTimeSeconds();
            models.Save(new TunedModel(name, job.BaseModel, job.Id, now, ending, isFinal ? null : trainer.Step), trainer.Snapshot());
            checkpoints.Add(new JobCheckpoint(
                Ids.From("ftckpt_", name), now, name, trainer.Step, last.TrainLoss!.Value, last.TrainAccuracy!.Value,
                full.ValidLoss, full.ValidAccuracy));
            if (!isFinal)
            {
                events.Message(job.Id, $"Checkpoint created at step {trainer.Step}");
            }
        }

        string resultFile = Ids.From("file-", job.Id);
        files.Store(resultFile, Encoding.UTF8.GetBytes(csv.ToString()), "step_metrics.csv", "fine-tune-results");
        return job with
        {
            Status = JobStatus.Succeeded,
            FinishedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
            FineTunedModel = final,
            TrainedTokens = training.Sum(example => (long)example.Tokens) * parameters.Epochs.Value,
            ResultFiles = [resultFile],
            Checkpoints = checkpoints.ToImmutable(),
        };
    }

    /// <exception cref="TrainingFileException">The file is gone or refused.</exception>
    public List<TrainingExample> ReadFile(string id, string kind, BaseModel model, CancellationToken ct)
    {
        try
        {
            using Stream stream = files.Open(id);
            return TrainingFileReader.Read(stream, model, kind, ct);
        }
        catch (Exception e) when (e is Http.ApiException or FileNotFoundException)
        {
            throw new TrainingFileException(
                $"deleted_{kind}_file", $"The {kind} file {id} was deleted before the job was over. Upload it again and create a new job.");
        }
    }

    private static LinearTrainingOptions Options(FineTuningJob job, BaseModel model, TrainingSet set) => new()
    {
        // Weights are features times labels: with many labels, a feature of one text alone costs more than it tells.
        Features = set.Answers > ManyAnswers ? model.Features with { MinimumDocuments = 2 } : model.Features,
        BatchSize = job.Hyperparameters.BatchSize!.Value,
        LearningRate = Math.Clamp(
            model.LearningRate * job.Hyperparameters.LearningRateMultiplier!.Value / model.AutomaticMultiplier, 1e-4, 10),
        L2 = 1e-5,
        InitialAccumulator = 0.01,
        Seed = job.Seed,
    };

    /// <summary>The name of the finished model, the same whenever the same job is trained.</summary>
    private static string NameOf(FineTuningJob job) => SimulatedServices.Named(job.Service).Azure
        ? $"{job.BaseModel}.ft-{Ids.From("", job.Id, 32).ToLowerInvariant()}{(job.Suffix is null ? "" : "-" + job.Suffix)}"
        : $"ft:{job.BaseModel}:personal:{job.Suffix}:{Ids.From("", job.Id, 8)}";

    /// <summary>From the label's loss and accuracy to the mean over all answer tokens, as the services report it.</summary>
    private static TrainingPoint AsTokens(TrainingPoint point, double labelTokens)
    {
        double tokens = labelTokens + HiddenTokens;
        return point with
        {
            TrainLoss = Round(point.TrainLoss / tokens),
            TrainAccuracy = Round(((point.TrainAccuracy * labelTokens) + HiddenTokens) / tokens),
            ValidLoss = Round(point.ValidLoss / tokens),
            ValidAccuracy = Round(((point.ValidAccuracy * labelTokens) + HiddenTokens) / tokens),
        };
    }

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 5) : null;

    private static EventMetrics Metrics(TrainingPoint point, int total, TrainingPoint? full) => new(
        point.Step, total, point.TrainLoss!.Value, point.TrainAccuracy!.Value, point.ValidLoss, point.ValidAccuracy,
        full?.ValidLoss, full?.ValidAccuracy);

    private static void AppendLine(StringBuilder csv, TrainingPoint point) => csv
        .Append(CultureInfo.InvariantCulture, $"{point.Step},{point.TrainLoss},{point.TrainAccuracy},{point.ValidLoss},{point.ValidAccuracy}\n");
}
