namespace FineTuneFlow.Trainer.Contract;

/// <summary>Where to train: on a GPU where there is one, on a GPU or not at all, on the processor.</summary>
internal enum DeviceWish { Auto, Gpu, Cpu }
