using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;

if (args is ["--help" or "-h" or "-?"])
{
    Console.WriteLine(SimulatorArguments.Usage);
    return 0;
}

OwnProcess.KeepFilesPrivate();
OwnProcess.AskLoopbackDirectly();
try
{
    SimulatorOptions options = SimulatorArguments.Parse(args);
    await using WebApplication app = SimulatorApp.Build(options);
    await app.StartAsync();
    // One line that a parent process can read: where the simulator listens.
    Console.WriteLine($"simulator listening on {string.Join(' ', app.Urls)}");
    if (options.ParentWatch)
    {
        _ = Task.Run(async () =>
        {
            // Standard input ends when the parent is gone, however it ended.
            while (await Console.In.ReadLineAsync() is not null)
            {
            }

            await app.StopAsync();
        });
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (FlowException e)
{
    await Console.Error.WriteLineAsync(e.Failure.ToString());
    return e.Failure.Kind == FailureKind.Conflict ? 4 : 2;
}
catch (IOException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
