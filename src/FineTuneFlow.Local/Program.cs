using FineTuneFlow.Local.Hosting;

return await LocalHost.RunAsync(args, Console.Error);
