using System.Collections.Immutable;
using System.CommandLine;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Encoders.Sources;
using FineTuneFlow.Local.Settings;
using FineTuneFlow.Providers;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Providers.Costs;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf doctor</c>: whether the machine is fit for the local stack, and what is configured can do what a recipe asks, today and for how long. Nothing is created by asking.</summary>
public static class DoctorCommand
{
    public static Command Create()
    {
        Option<string?> recipe = SharedOptions.Recipe();
        Option<Uri?> host = RunArguments.Host();
        var arguments = new StackArguments();
        var command = new Command("doctor", "Look whether this machine is fit for the local stack, whether the configured keys can train and serve a recipe's candidates today, until when, and what to take instead, and how long the champions go on answering.")
        {
            recipe, host,
        };
        arguments.AddTo(command);
        return command.Runs(async call =>
        {
            StackOptions options = arguments.Read(call);
            ImmutableArray<CheckupLine> lines =
            [
                .. await StackChecks.LookAsync(options, call.Cancellation),
                .. await LookAsync(RecipeFile.Read(call.Get(recipe)), options, call.Get(host) ?? HostClient.Set, call.Cancellation),
            ];
            call.Terminal.Answer(new DoctorAnswer(lines), writer => Write(writer, lines));
            return lines.Any(line => line.Grade == CheckupGrade.Bad) ? ExitCode.Failed : ExitCode.Ok;
        });
    }

    private static async Task<ImmutableArray<CheckupLine>> LookAsync(Recipe recipe, StackOptions options, Uri? host, CancellationToken cancellation)
    {
        using ConfiguredProviders providers = Providers(options.Settings, OfStack(options));
        ModelBook models = Models(options.Settings);
        ContainerJobSettings containers = Containers(options.Settings);
        using var encoders = new EncoderSources(containers.TrainsHere, HubSettings.FromEnvironment, () => containers.EncoderAtHand);
        var choices = new OpenChoices(providers, models, TimeProvider.System, encoders);
        return
        [
            .. await new CandidateCheckup(providers, models, choices, encoders, TimeProvider.System).RunAsync(recipe, cancellation),
            .. await ChampionChecks.LookAsync(options, providers, models, host, cancellation),
        ];
    }

    /// <summary>Where the stack's own simulator answers, for providers whose address the settings leave to the stack.</summary>
    private static Dictionary<string, string?> OfStack(StackOptions options) => StackSettings.Read(options.Settings, options.Store).SimulatorNames
        .SelectMany(name => new[] { ($"Providers:{name}:Kind", "simulator"), ($"Providers:{name}:BaseAddress", options.Simulator.ToString()) })
        .ToDictionary(pair => pair.Item1, string? (pair) => pair.Item2);

    /// <summary>The providers of the settings, as the host would have them.</summary>
    /// <param name="settings">The settings file; null: <c>local.settings.json</c> where there is one.</param>
    /// <param name="otherwise">What holds where the settings say nothing.</param>
    internal static ConfiguredProviders Providers(string? settings, IEnumerable<KeyValuePair<string, string?>>? otherwise = null)
    {
        using ConfigurationManager configuration = Configured(settings, otherwise);
        return new ConfiguredProviders(ProviderSettings.Read(configuration), TimeProvider.System);
    }

    /// <summary>The dated table of models, with the settings' own file over it.</summary>
    internal static ModelBook Models(string? settings)
    {
        using ConfigurationManager configuration = Configured(settings, null);
        return CostFilesSetup.Models(configuration);
    }

    /// <summary>The prices, with the settings' own file over them.</summary>
    internal static PriceBook Prices(string? settings)
    {
        using ConfigurationManager configuration = Configured(settings, null);
        return CostFilesSetup.Prices(configuration);
    }

    private static ContainerJobSettings Containers(string? settings)
    {
        using ConfigurationManager configuration = Configured(settings, null);
        return ContainerJobSettings.Read(configuration);
    }

    private static ConfigurationManager Configured(string? settings, IEnumerable<KeyValuePair<string, string?>>? otherwise)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(otherwise ?? []);
        SettingsFile.AddTo(configuration, settings is null ? [] : ["--settings", RecipeFile.Existing(settings, "settings")]);
        return configuration;
    }

    private static void Write(TextWriter writer, ImmutableArray<CheckupLine> lines)
    {
        foreach (CheckupLine line in lines)
        {
            string grade = line.Grade switch { CheckupGrade.Good => "ok    ", CheckupGrade.Notice => "note  ", _ => "wrong " };
            writer.WriteLine($"{grade} {line.Subject}: {line.Message}.");
            if (line.Remedy is not null)
            {
                writer.WriteLine($"       {line.Remedy}.");
            }
        }
    }
}

/// <param name="Checks">Each thing that was looked at.</param>
internal sealed record DoctorAnswer(ImmutableArray<CheckupLine> Checks);
