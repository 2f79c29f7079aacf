using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Files;

OwnProcess.AskLoopbackDirectly();
return await CommandFrame.RunAsync(args, Console.Out, Console.Error);
