using System.Globalization;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Simulator;

/// <summary>The command line: <c>--urls</c>, <c>--state</c>, <c>--key</c>, <c>--faults</c>, <c>--speed</c>, <c>--train-seconds</c>,
/// <c>--max-active-jobs</c>, <c>--workers</c>, <c>--requests-per-minute</c>, <c>--capacity-counts</c>, <c>--webhook-url</c>, <c>--webhook-secret</c>, <c>--parent-watch</c>.</summary>
public static class SimulatorArguments
{
    /// <exception cref="FlowException">InvalidInput: an unknown option, or one without its value.</exception>
    public static SimulatorOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SimulatorOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name is "--parent-watch" or "--capacity-counts")
            {
                options = name == "--parent-watch" ? options with { ParentWatch = true } : options with { CapacityCounts = true };
                continue;
            }

            if (++i == arguments.Count)
            {
                throw Refused(name, "has no value");
            }

            string value = arguments[i];
            options = name switch
            {
                "--urls" => options with { Urls = value },
                "--state" => options with { State = value },
                "--key" => options with { Key = value },
                "--faults" => options with { Faults = File.Exists(value) ? value : throw Refused(name, $"names no file: {value}") },
                "--speed" => options with { Speed = Number(name, value) },
                "--train-seconds" => options with { TrainFor = TimeSpan.FromSeconds(Number(name, value)) },
                "--max-active-jobs" => options with { MaximumActiveJobs = (int)Number(name, value) },
                "--requests-per-minute" => options with { RequestsPerMinute = (int)Number(name, value) },
                "--workers" => options with { Workers = (int)Number(name, value) },
                "--webhook-url" => options with
                {
                    WebhookUrl = Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) ? uri : throw Refused(name, "is no address"),
                },
                "--webhook-secret" => options with { WebhookSecret = value },
                _ => throw Refused(name, "is not known"),
            };
        }

        options.Check();
        return options;
    }

    private static double Number(string name, string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out double number) ? number : throw Refused(name, "needs a number");

    private static FlowException Refused(string name, string problem) => new(new Failure(
        FailureKind.InvalidInput,
        $"{name} {problem}",
        "Known are --urls, --state, --key, --faults, --speed, --train-seconds, --max-active-jobs, --workers, --requests-per-minute, "
        + "--capacity-counts, --webhook-url, --webhook-secret and --parent-watch.",
        Field: name));
}
