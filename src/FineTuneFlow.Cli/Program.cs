using FineTuneFlow.Cli.CommandLine;


ColdStart.Begin(args);
return await CommandFrame.RunAsync(args, Console.Out, Console.Error);
