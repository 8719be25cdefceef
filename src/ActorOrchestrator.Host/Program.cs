Console.WriteLine($"orchestrator {typeof(Program).Assembly.GetName().Version}");
