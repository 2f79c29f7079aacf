using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Files;

ColdStart.Begin(args);
OwnProcess.AskLoopbackDirectly();
return await CommandFrame.RunAsync(args, Console.Out, Console.Error);
