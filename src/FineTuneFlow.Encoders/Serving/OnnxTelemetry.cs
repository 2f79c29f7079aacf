using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FineTuneFlow.Encoders.Serving;

/// <summary>Since 1.29 the official builds of ONNX Runtime keep an identifier of the machine in the user's cache folder, and send it with the
/// program's name and facts of the models to Microsoft. Here nothing is sent or kept.</summary>
internal static partial class OnnxTelemetry
{
    /// <summary>What ONNX Runtime looks at once, when its environment is made.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>To be called before anything else of ONNX Runtime is.</summary>
    public static void TurnOff()
    {
        if (OperatingSystem.IsWindows())
        {
            // Its events go to the system there, which sends them where the user has agreed.
            OrtEnv.Instance().DisableTelemetryEvents();
            return;
        }

        // For the processes that are started from here. .NET keeps variables of its own, which native code does not see.
        Environment.SetEnvironmentVariable(Variable, "1");
        _ = SetVariable(Variable, "1", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
