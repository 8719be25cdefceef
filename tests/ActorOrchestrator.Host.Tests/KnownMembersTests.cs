using ActorOrchestrator.Host.Remote;

namespace ActorOrchestrator.Host.Tests;

/// <summary>What the control plane says of its members outlives a restart.</summary>
public sealed class KnownMembersTests : IDisposable
{
    private static readonly Uri[] Configured = [new("https://10.0.0.1:6443")];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("known-members-");

    private string FileName => Path.Combine(_directory.FullName, KnownMembers.FileName);

    [Fact]
    public void What_was_learned_is_kept_for_its_owner_alone_and_the_settings_come_last()
    {
        var members = KnownMembers.Read(_directory.FullName, Configured);
        Assert.Equal(Configured, members.All);
        Assert.True(members.Learn(["10.0.0.3:6443", "10.0.0.2:6443"]));
        Assert.False(members.Learn(["10.0.0.2:6443", "10.0.0.3:6443"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileName));
        foreach (var known in new[] { members, KnownMembers.Read(_directory.FullName, Configured) })
        {
            Assert.Equal(["10.0.0.2:6443", "10.0.0.3:6443", "10.0.0.1:6443"], known.All.Select(each => each.Authority));
            Assert.Equal(2, known.First.Count);
        }
    }

    [Fact]
    public void An_empty_answer_and_a_broken_file_say_nothing()
    {
        File.WriteAllText(FileName, "not an address\n\n10.0.0.2\n");
        var members = KnownMembers.Read(_directory.FullName, Configured);
        Assert.Equal(Configured, members.All);
        Assert.False(members.Learn([]));
        Assert.False(members.Learn(["nonsense"]));
        Assert.Equal(Configured, members.First);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
