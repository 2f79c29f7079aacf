using System.Globalization;
using FineTuneFlow.Simulation;

// --seeds N, --from N, --seed N, --parallel N: the simulation; with --plant NAME a fault is planted first. --plants N: every planted
// fault, or the one of --plant, and how many of N seeds it takes to find it. Anything else: the tests.
int Option(string name, int otherwise)
{
    int at = Array.IndexOf(args, name);
    return at < 0 ? otherwise
        : at + 1 < args.Length && int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value
        : throw new ArgumentException($"{name} needs a whole number from 0, such as {name} 1000");
}

int AtOnce() => Option("--parallel", Campaign.SideBySide);

int planted = Array.IndexOf(args, "--plant");
Plant? plant = planted < 0 ? null : Plants.Find(planted + 1 < args.Length ? args[planted + 1] : "");
if (args.Contains("--plants"))
{
    int missed = 0;
    foreach (Plant fault in plant is null ? Plants.All : [plant])
    {
        (int Seed, string Violation)? found = await Campaign.FindAsync(fault, Option("--plants", 300), AtOnce());
        missed += found is null ? 1 : 0;
        Console.WriteLine($"| `{fault.Name}` | {fault.What} | {found?.Seed.ToString(CultureInfo.InvariantCulture) ?? "not found"} | {found?.Violation} |");
    }

    return missed == 0 ? 0 : 1;
}

if (!args.Any(a => a is "--seeds" or "--seed"))
{
    return args.Any(a => a is "-automated" or "@@")
        ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
        : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}

int seed = Option("--seed", -1);
IReadOnlyList<int> failed = await Campaign.RunAsync(
    seed >= 0 ? seed : Option("--from", 1), seed >= 0 ? 1 : Option("--seeds", 1), AtOnce(), Option("--failures", 10), Console.Out, plant);
return failed.Count == 0 ? 0 : 1;
