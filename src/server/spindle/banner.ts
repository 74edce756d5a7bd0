/** What people see who look at the address of a spindle. */
export const banner: string = String.raw`
            _______
    _______/  ___  \
   |__________\_/___|         signalbox
            |  ___  |
            | / o \ |     This is a Tangled spindle. It runs what the
            | \___/ |     workflows of repositories ask for, here or
            |_______|     with another CI service, and tells how it went.
               | |
               | |            Code: https://tangled.org/signalbox
         ______|_|______`.slice(1);
