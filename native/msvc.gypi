{
  # What MSVC is told, in each target: Node's common.gypi is merged after target_defaults, and its last word would be C++17
  # (or what Node itself is built as) without exceptions, under which the catches at a DLL's border catch nothing.
  'defines!': ['_HAS_EXCEPTIONS=0'],
  'msvs_settings': {
    'VCCLCompilerTool': {
      'RuntimeLibrary': 0,
      'ExceptionHandling': 1,
      'RuntimeTypeInfo': 'true',
      'WarningLevel': 4,
      'WarnAsError': 'true',
      'AdditionalOptions!': ['-std:c++17', '-std:c++20'],
      'AdditionalOptions': [
        '/std:c++20', '/permissive-', '/utf-8', '/guard:cf', '/sdl', '/external:anglebrackets', '/external:W0',
      ],
    },
    'VCLinkerTool': { 'AdditionalOptions': ['/guard:cf'] },
  },
}
