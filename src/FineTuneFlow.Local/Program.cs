using FineTuneFlow.Core.Files;
using FineTuneFlow.Local.Hosting;

OwnProcess.KeepFilesPrivate();
OwnProcess.AskLoopbackDirectly();
return await LocalHost.RunAsync(args, Console.Error);
