using ActorOrchestrator.Agent.Statics;

namespace ActorOrchestrator.Agent.Tests.Statics;

public sealed class ManifestDirectoryTests : IDisposable
{
    private const string Spec = "containers: [{name: app, image: 'app:1'}]";

    private readonly string _place = Directory.CreateTempSubdirectory("manifests-").FullName;
    private readonly ManifestDirectory _directory;

    public ManifestDirectoryTests() => _directory = new ManifestDirectory(_place, "n1", TimeProvider.System);

    public void Dispose()
    {
        if (Directory.Exists(_place))
        {
            Directory.Delete(_place, recursive: true);
        }
    }

    [Fact]
    public void Each_file_that_is_not_hidden_is_a_pod()
    {
        Write("b.yaml", StaticManifestTests.Of("b", Spec));
        Write("a.json", StaticManifestTests.Of("a", Spec));
        Write(".swp", StaticManifestTests.Of("hidden", Spec));
        Directory.CreateDirectory(Path.Combine(_place, "below"));

        Assert.Equal(["a-n1", "b-n1"], Names(_directory.Read()));
    }

    [Fact]
    public void A_file_that_became_bad_leaves_what_it_said_and_harms_no_other()
    {
        Write("a.yaml", StaticManifestTests.Of("a", Spec));
        var before = _directory.Read().Pods[0];
        Write("a.yaml", "kind: [");
        Write("b.yaml", StaticManifestTests.Of("b", Spec));
        Write("c.yaml", "");

        var reading = _directory.Read();
        Assert.Equal(before, reading.Pods[0]);
        Assert.Equal(["a-n1", "b-n1"], Names(reading));
        Assert.Equal(["a.yaml", "c.yaml"], reading.Problems.Keys);
        Assert.Equal("it is empty, or no file", reading.Problems["c.yaml"]);

        Write("a.yaml", StaticManifestTests.Of("a", Spec));
        File.Delete(Path.Combine(_place, "c.yaml"));
        Assert.Empty(_directory.Read().Problems);
    }

    [Fact]
    public void Of_two_files_with_one_pod_the_first_stays()
    {
        Write("b.yaml", StaticManifestTests.Of("web", Spec));
        var first = _directory.Read().Pods[0];
        Write("a.yaml", StaticManifestTests.Of("web", Spec.Replace(":1", ":2", StringComparison.Ordinal)));

        var reading = _directory.Read();
        Assert.Equal([first], reading.Pods);
        Assert.Equal("pod default/web-n1 is that of b.yaml", reading.Problems["a.yaml"]);
    }

    [Fact]
    public void Without_the_directory_there_are_none()
    {
        Directory.Delete(_place);
        Assert.Empty(_directory.Read().Pods);
    }

    [Fact]
    public async Task A_change_is_told()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromMinutes(2));
        await using var readings = _directory.ReadingsAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await readings.MoveNextAsync());
        Assert.Empty(readings.Current.Pods);

        Write("web.yaml", StaticManifestTests.Of("web", Spec));
        while (readings.Current.Pods.Count == 0)
        {
            Assert.True(await readings.MoveNextAsync());
        }

        File.Delete(Path.Combine(_place, "web.yaml"));
        while (readings.Current.Pods.Count > 0)
        {
            Assert.True(await readings.MoveNextAsync());
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_place, file), text);

    private static IEnumerable<string?> Names(ManifestReading reading) =>
        reading.Pods.Select(pod => pod.Metadata.Name);
}
