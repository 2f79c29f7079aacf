using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator;

/// <summary>The command line.</summary>
public static class SimulatorArguments
{
    /// <summary>What <c>--help</c> answers; docs/simulator.md tells more.</summary>
    public const string Usage = """
        An OpenAI-compatible service on the loopback address that really trains a small text classifier.

          --urls URL                where it listens [http://127.0.0.1:7180]
          --state DIR               everything that survives the process [.simulator]
          --key KEY                 the one accepted key [any]
          --speed X                 simulated waits pass X times as fast [1]
          --train-seconds S         least time that a job runs, divided by the speed [0]
          --max-active-jobs N       one more is refused with 429 [3]
          --workers N               trainings at once [1]
          --requests-per-minute N   that each model answers [no limit]
          --shutdown MODEL=DATE     a model that ends on that day; may be given several times
          --capacity-counts         Azure: a deployment answers as many requests a minute as its capacity
          --faults FILE             a fault plan to begin with
          --webhook-url URL         where job events go
          --webhook-secret SECRET   the whsec_ secret that signs them
          --parent-watch            end when standard input closes
        """;

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

            if (!Usage.Contains($"  {name} ", StringComparison.Ordinal))
            {
                throw Refused(name, "is not known");
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
                "--shutdown" => options with { Shutdowns = Shutdown(options.Shutdowns, name, value) },
                "--workers" => options with { Workers = (int)Number(name, value) },
                "--webhook-url" => options with
                {
                    WebhookUrl = Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) ? uri : throw Refused(name, "is not an address"),
                },
                "--webhook-secret" => options with { WebhookSecret = value },
                _ => throw Refused(name, "is not known"),
            };
        }

        options.Check();
        return options;
    }

    private static ImmutableDictionary<string, DateOnly> Shutdown(ImmutableDictionary<string, DateOnly> before, string name, string value) =>
        value.Split('=') is [{ Length: > 0 } model, var day] && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? before.SetItem(model, date)
            : throw Refused(name, $"needs a model and a day, such as gpt-4.1-mini=2027-01-14, not {value}");

    private static double Number(string name, string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out double number) ? number : throw Refused(name, "needs a number");

    private static FlowException Refused(string name, string problem) => new(new Failure(
        FailureKind.InvalidInput,
        $"{name} {problem}",
        "--help lists what there is."));
}
