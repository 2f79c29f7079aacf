using System.Diagnostics;
using FineTuneFlow.Benchmarks.Engine;

// dotnet run -c Release --project benchmarks/engine            all figures as a table
// dotnet run -c Release --project benchmarks/engine hold DB N  (by the recovery figure) N waiting runs until it is killed
if (args is ["hold", string database, string count])
{
    await Measurements.HoldAsync(database, int.Parse(count, null));
    return;
}

string folder = Directory.CreateTempSubdirectory("ftf-engine-benchmark-").FullName;
try
{
    var measurements = new Measurements(folder);
    Console.WriteLine($"{Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, database in {Path.GetTempPath()}");
    Console.WriteLine();
    Console.WriteLine("| figure | measured | target |");
    Console.WriteLine("| --- | ---: | --- |");
    var whole = Stopwatch.StartNew();
    await foreach ((string figure, string measured, string target) in measurements.AllAsync())
    {
        Console.WriteLine($"| {figure} | {measured} | {target} |");
    }

    Console.WriteLine();
    Console.WriteLine($"in {whole.Elapsed.TotalSeconds:0} s");
}
finally
{
    Directory.Delete(folder, recursive: true);
}
