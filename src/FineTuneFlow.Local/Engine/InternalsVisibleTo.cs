[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("FineTuneFlow.Local.Tests")]
