namespace FineTuneFlow.Mutation.Instrumentation;

/// <summary>What is compiled into the assembly beside the mutants: which of them is switched on, and which members were entered.</summary>
internal static class SwitchSource
{
    public const string Type = "global::FineTuneFlowMutants";

    public static string Of(int members) => $$"""
        internal static class FineTuneFlowMutants
        {
            public static int Active = int.TryParse(System.Environment.GetEnvironmentVariable("FTF_MUTANT"), out int id) ? id : 0;
            public static bool Covering;
            public static readonly byte[] Hits = new byte[{{members}}];

            public static int Enter(int member)
            {
                if (Covering && Hits[member] == 0)
                {
                    Note(member);
                }

                return Active;
            }

            public static bool Is(int mutant, int member) => Enter(member) == mutant;

            private static void Note(int member)
            {
                Hits[member] = 1;
                foreach (System.Diagnostics.StackFrame frame in new System.Diagnostics.StackTrace(2).GetFrames())
                {
                    if (frame.GetMethod() is System.Reflection.ConstructorInfo { IsStatic: true })
                    {
                        Hits[member] = 2;
                        return;
                    }
                }
            }
        }
        """;
}
