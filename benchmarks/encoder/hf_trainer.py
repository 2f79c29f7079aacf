"""Hugging Face's Trainer on the files of gpu.sh: hf_trainer.py MODEL DATA BATCH gpu|cpu. Mixed precision and grouping by length are on, as a
careful user would have them; transformers 4 and 5 name these settings differently."""
import dataclasses, json, sys, tempfile, time
import torch
from torch.utils.data import Dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments

model_folder, data, batch, device = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
tokenizer = AutoTokenizer.from_pretrained(model_folder)
rows = [json.loads(line) for line in open(f"{data}/train.jsonl")]
pieces = tokenizer([row["text"] for row in rows], truncation=True, max_length=256, return_token_type_ids=False)


class Rows(Dataset):
    def __len__(self):
        return len(rows)

    def __getitem__(self, i):
        return {"input_ids": pieces["input_ids"][i], "attention_mask": pieces["attention_mask"][i], "labels": int(rows[i]["label"]) - 1}


gpu = device == "gpu"
known = {field.name for field in dataclasses.fields(TrainingArguments)}
by_version = {"group_by_length": True, "warmup_ratio": 0.1} if "group_by_length" in known else {"train_sampling_strategy": "group_by_length", "warmup_steps": 0.1}
arguments = TrainingArguments(
    output_dir=tempfile.mkdtemp(), num_train_epochs=1, per_device_train_batch_size=batch, learning_rate=5e-5, weight_decay=0.01, use_cpu=not gpu, save_strategy="no",
    bf16=gpu and torch.cuda.is_bf16_supported(), fp16=gpu and not torch.cuda.is_bf16_supported(), report_to="none", logging_steps=1000, seed=1, **by_version)
trainer = Trainer(
    model=AutoModelForSequenceClassification.from_pretrained(model_folder, num_labels=5), args=arguments, train_dataset=Rows(), data_collator=DataCollatorWithPadding(tokenizer))
started = time.time()
trainer.train()
seconds = time.time() - started
print(f"Hugging Face Trainer, bf16 {arguments.bf16}, fp16 {arguments.fp16}: {len(rows) / seconds:.0f} rows a second, {seconds:.1f} s an epoch of {len(rows)} rows")
