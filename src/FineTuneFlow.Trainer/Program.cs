using System.Runtime.InteropServices;
using FineTuneFlow.Trainer.Contract;
using FineTuneFlow.Trainer.Training;

TensorMemory.Keep();
using var stop = new CancellationTokenSource();

// A machine that takes its job back says so half a minute before.
using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
return (int)await new Execution(Console.Out, TimeProvider.System).RunAsync(Environment.GetEnvironmentVariable, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
