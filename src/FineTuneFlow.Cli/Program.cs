using FineTuneFlow.Cli.Frame;

return await CommandFrame.RunAsync(args, Console.Out, Console.Error);
