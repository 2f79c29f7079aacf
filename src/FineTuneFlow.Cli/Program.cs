using FineTuneFlow.Cli.Frame;

ColdStart.Begin(args);
return await CommandFrame.RunAsync(args, Console.Out, Console.Error);
