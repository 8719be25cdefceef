using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Members;

namespace ActorOrchestrator.EndToEnd.Tests;

/// <summary>'orchestrator doctor' on this machine, which has all that the tests need.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task A_machine_that_has_all_has_no_fault_and_one_without_its_database_has()
    {
        await using var settings = new SettingsFile();
        var data = Places.NewScratch("doctor");
        try
        {
            Output shared;
            await using (var database = await Postgres.StartAsync("127.0.0.1", FreePort.Next()))
            {
                settings.Write($$"""
                    api.listen = ["127.0.0.1:0"]
                    node.pod-subnet = "10.219.77.0/24"
                    journal { provider = postgresql, connection = "{{database.Connection}}" }
                    """);
                shared = (await RunAsync(settings, data)).Ok();
            }

            shared.Says(
                "ok      machine: ", "ok      kernel: ", "ok      programs: containerd, ", "ok      data directory: ",
                "ok      journal: PostgreSQL ", ", 0 faults");
            (await RunAsync(settings, data)).Fails(
                "FAULT   journal: the database does not take this machine: ", "pg_hba.conf", ", 1 faults");
            Assert.Empty(Directory.EnumerateFileSystemEntries(data));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static Task<Output> RunAsync(SettingsFile settings, string data) =>
        Tool.RunAsync(Places.Orchestrator, ["doctor", "--config", settings.Place, "--data-dir", data]);
}
