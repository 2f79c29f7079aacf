using System.Globalization;
using FineTuneFlow.Mutation.Agent;

// Lives in the folder of a test project, beside the assembly with the mutants in place of the real one, and takes orders from the
// harness line by line: the tests of one project are loaded and compiled once, and then run again and again with another mutant.
TextWriter answers = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
using var orders = new StreamReader(Console.OpenStandardInput());
// What tests write is of no use here and would mix with the answers.
Console.SetOut(TextWriter.Null);
Console.SetIn(TextReader.Null);

var tests = new LoadedTests(Path.GetFullPath(args[0]));
var mutants = new MutantSwitch(args[1]);
await tests.FindAsync(args[2..]);
while (await orders.ReadLineAsync() is { } order)
{
    string[] words = order.Split('\t');
    switch (words[0])
    {
        case "tests":
            foreach (string line in tests.Lines())
            {
                answers.WriteLine("@test\t" + line);
            }

            break;
        case "cover":
            mutants.StartCovering();
            (string? failure, double milliseconds, bool ran) = await tests.RunAsync([words[1]]);
            answers.WriteLine(string.Create(CultureInfo.InvariantCulture, $"@cover\t{milliseconds:F1}\t{(!ran ? "skipped" : failure is null ? "passed" : "failed")}\t{mutants.StopCovering()}"));
            break;
        case "run":
            mutants.Activate(int.Parse(words[1], CultureInfo.InvariantCulture));
            answers.WriteLine($"@run\t{(await tests.RunAsync(words[2].Split(','))).Failure}");
            mutants.Activate(0);
            break;
        default:
            answers.WriteLine("@unknown");
            break;
    }

    answers.WriteLine("@end");
}

// Threads that a test has left behind must not keep the process.
Environment.Exit(0);
