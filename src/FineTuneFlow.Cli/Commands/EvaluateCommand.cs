using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf evaluate</c>: scores the predictions of any tool against a holdout; asks no server.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var arguments = new EvaluationArguments();
        var predictions = new Option<string>("--predictions", "-p")
        {
            Description = "CSV or JSONL file with id, label and, if there, probabilities.", Required = true, HelpName = "FILE",
        };
        var command = new Command("evaluate", "Score a prediction file of any tool against a holdout, with intervals.") { predictions };
        arguments.AddTo(command);
        return command.Runs(call =>
        {
            var (labels, holdout, candidates, options) = arguments.Read(call, [("predictions", call.Get(predictions)!)]);
            Metrics metrics = Scoring.Score(labels, holdout, candidates[0].Predictions, options);
            call.Terminal.Answer(metrics, output => output.Write(EvaluationText.Of(labels, metrics, options)));
            return Task.FromResult(ExitCode.Ok);
        });
    }
}
